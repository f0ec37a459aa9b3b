/** A Service's Configuration bears its name. */
export const configurationName = (service: string): string => service

/** A Service's Route bears its name. */
export const routeName = (service: string): string => service
