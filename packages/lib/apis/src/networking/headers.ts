/** HTTP headers of the data path, lower case as Node and HTTP/2 present them. */
export const revisionHeaderName = 'knative-serving-revision'
export const revisionHeaderNamespace = 'knative-serving-namespace'
export const proxyHeaderName = 'k-proxy-request'
export const originalHostHeader = 'k-original-host'
export const probeHeaderName = 'k-network-probe'
export const hashHeaderName = 'k-network-hash'
/** Asks the gateway to fill in the hash of what it serves. */
export const hashHeaderValueOverride = 'override'
export const kubeletProbeHeaderName = 'k-kubelet-probe'
export const passthroughLoadbalancingHeaderName = 'k-passthrough-lb'
/** Marks a scrape that addresses one pod through a mesh. */
export const directLoadbalancingHeaderName = 'knative-direct-lb'
/** On a response: how long its request took from arrival at the activator to first byte because no pod was there, ms. */
export const coldStartHeaderName = 'k-cold-start'
export const tagHeaderName = 'knative-serving-tag'
export const defaultRouteHeaderName = 'knative-serving-default-route'

/** Values of `probeHeaderName`. */
export const networkProbeValue = 'probe'
export const activatorProbeValue = 'activator'
export const queueProbeValue = 'queue'

/** User agents of probers; the first is a prefix. */
export const kubeProbeUserAgentPrefix = 'kube-probe/'
export const activatorProbeUserAgent = 'Knative-Activator-Probe'
export const autoscalingProbeUserAgent = 'Knative-Autoscaling-Probe'
export const queueProxyProbeUserAgent = 'Knative-Queue-Proxy-Probe'
export const ingressProbeUserAgent = 'Knative-Ingress-Probe'
