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

{{/* Where pods may run; call with (list values "app"). Replicas prefer different nodes unless values say otherwise. */}}
{{- define "knative-ts.scheduling" -}}
{{- $values := index . 0 -}}
affinity:
  {{- if $values.affinity }}
  {{- toYaml $values.affinity | nindent 2 }}
  {{- else }}
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              app: {{ index . 1 }}
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* A number of replicas, at least two when highly available; call with (list . number). */}}
{{- define "knative-ts.replicas" -}}
{{ ternary (max 2 (int (index . 1))) (int (index . 1)) (index . 0).Values.highAvailability }}
{{- end }}

{{/* Autoscaling by CPU; call with (list . values "deployment"). */}}
{{- define "knative-ts.autoscaling" -}}
scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ index . 2 }} }
minReplicas: {{ include "knative-ts.replicas" (list (index . 0) (index . 1).autoscaling.minReplicas) }}
maxReplicas: {{ max (int (index . 1).autoscaling.maxReplicas) (int (include "knative-ts.replicas" (list (index . 0) (index . 1).autoscaling.minReplicas))) }}
metrics:
  - type: Resource
    resource: { name: cpu, target: { type: Utilization, averageUtilization: 100 } }
{{- end }}

{{- define "knative-ts.env" -}}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_IP
  valueFrom: { fieldRef: { fieldPath: status.podIP } }
{{ include "knative-ts.sharedEnv" . }}
{{- end }}

{{/* What jobs and processes without a name of their own get, too. */}}
{{- define "knative-ts.sharedEnv" -}}
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

{{/* Pod that runs a script of files/hooks in an image that holds Node; call with (list . "script" "service account"). */}}
{{- define "knative-ts.hookPod" -}}
{{- $root := index . 0 -}}
serviceAccountName: {{ index . 2 }}
restartPolicy: Never
{{- include "knative-ts.pullSecrets" $root }}
containers:
  - name: {{ index . 1 }}
    image: {{ include "knative-ts.image" (list $root "webhook") }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    command: [/nodejs/bin/node, --input-type=module, --eval]
    args:
      - |
        {{- $root.Files.Get (printf "files/hooks/%s.mjs" (index . 1)) | trim | nindent 8 }}
    env:
      - name: NAMESPACE
        valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
      - name: IMAGE
        value: {{ include "knative-ts.image" (list $root "webhook") }}
      - name: PULL_SECRETS
        value: {{ toJson $root.Values.image.pullSecrets | quote }}
    resources:
      requests: { cpu: 20m, memory: 40Mi }
      limits: { cpu: 500m, memory: 200Mi }
    {{- include "knative-ts.securityContext" $root | nindent 4 }}
{{- end }}

{{/* Job that runs such a pod; called like it. */}}
{{- define "knative-ts.hookJob" -}}
backoffLimit: 3
activeDeadlineSeconds: 240
template:
  metadata:
    labels:
      app: knative-ts-{{ index . 1 }}
  spec: {{- include "knative-ts.hookPod" . | nindent 4 }}
{{- end }}

{{/* Spec of a Job that runs one of the jobs of the migrate image; call with (dict "root" . "name" "container" "app" "label" "args" list "env" list "ports" list "restartPolicy" "…"). */}}
{{- define "knative-ts.migrateJob" -}}
{{- $root := .root -}}
backoffLimit: 10
{{- with .ttlSecondsAfterFinished }}
ttlSecondsAfterFinished: {{ . }}
{{- end }}
template:
  metadata:
    labels:
      app: {{ .app }}
      {{- include "knative-ts.labels" (list $root .component) | nindent 6 }}
  spec:
    serviceAccountName: controller
    restartPolicy: {{ .restartPolicy }}
    {{- include "knative-ts.pullSecrets" $root | nindent 4 }}
    {{- with $root.Values.jobs.nodeSelector }}
    nodeSelector: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $root.Values.jobs.tolerations }}
    tolerations: {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: {{ .name }}
        image: {{ include "knative-ts.image" (list $root "migrate") }}
        imagePullPolicy: {{ $root.Values.image.pullPolicy }}
        args: {{- toYaml .args | nindent 10 }}
        env:
          - name: POD_NAME
            valueFrom: { fieldRef: { fieldPath: metadata.name } }
          {{- include "knative-ts.sharedEnv" $root | nindent 10 }}
          {{- with .env }}
          {{- toYaml . | nindent 10 }}
          {{- end }}
        {{- with .ports }}
        ports: {{- toYaml . | nindent 10 }}
        {{- end }}
        resources: {{- toYaml $root.Values.jobs.resources | nindent 10 }}
        {{- include "knative-ts.securityContext" $root | nindent 8 }}
{{- end }}

{{/* Name of a Job: fixed for Helm, generated in plain manifests, which can then be created again and again; call with (list . "name"). */}}
{{- define "knative-ts.jobName" -}}
{{- if (index . 0).Values.jobs.generateNames -}}
generateName: {{ index . 1 }}-
{{- else -}}
name: {{ index . 1 }}
{{- end -}}
{{- end }}

{{/* Documentation inside a ConfigMap, an entry of its data; call with (list . "name without config-"). */}}
{{- define "knative-ts.example" }}
  _example: |
    # Documentation: what stands in here has no effect. To set a key, write it beside "_example", at the same level.

{{ regexReplaceAll "(?m)^ +$" ((index . 0).Files.Get (printf "files/examples/%s.yaml" (index . 1)) | trim | indent 4) "" }}
{{- end }}

{{/* A value of a ConfigMap as a quoted string; whole numbers keep all their digits. */}}
{{- define "knative-ts.configValue" -}}
{{- if and (kindIs "float64" .) (eq (float64 (int64 .)) .) }}{{ int64 . | toString | quote }}{{ else }}{{ toString . | quote }}{{ end }}
{{- end }}
