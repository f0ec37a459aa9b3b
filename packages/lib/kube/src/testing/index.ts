export { FakeKubeClient, type Interceptor, type RecordedWrite } from './fake-kube-client.ts'
export { RecordingEvents } from './recording-events.ts'
export { syncedInformers } from './synced-informers.ts'
