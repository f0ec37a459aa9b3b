/** Parser of whole numbers from 0 to `max`. */
export function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const value = /^\+?\d+$/.test(text) ? Number(text) : Number.NaN
    if (!(value <= max)) throw new Error(`"${text}" is not a whole number from 0 to ${max}`)
    return value
  }
}

export const maxUint32 = 2 ** 32 - 1
