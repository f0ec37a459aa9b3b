/** The object's status, made if there is none yet. Only for kinds whose status fields are all optional. */
export function statusOf<S extends object>(object: { status?: Partial<S> }): Partial<S> {
  object.status ??= {}
  return object.status
}
