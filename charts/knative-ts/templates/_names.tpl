{{/* Labels of every object; call with (list . "component"). */}}
{{- define "knative-ts.labels" -}}
app.kubernetes.io/name: knative-serving
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
{{- end }}

{{- define "knative-ts.kourierLabels" -}}
networking.knative.dev/ingress-provider: kourier
{{ include "knative-ts.labels" (list . "net-kourier") }}
{{- end }}

{{/* Image of a component; call with (list . "component"). */}}
{{- define "knative-ts.image" -}}
{{- $root := index . 0 -}}
{{ $root.Values.image.registry }}/{{ index . 1 }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
{{- end }}

{{- define "knative-ts.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "knative-ts.securityContext" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/* Prefers to spread the replicas of an app over nodes; call with the app's name. */}}
{{- define "knative-ts.spread" -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              app: {{ . }}
{{- end }}

{{- define "knative-ts.env" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
- name: SYSTEM_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
- name: CONFIG_LOGGING_NAME
  value: config-logging
- name: CONFIG_OBSERVABILITY_NAME
  value: config-observability
{{- end }}

{{/* Where the autoscaler takes statistics. */}}
{{- define "knative-ts.statsAddress" -}}
autoscaler.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}:8081
{{- end }}
