const smallPopulation = 3
/** 1.96² · 100 / 25: 95 % confidence, margin of error and variance as upstream chose them. */
const base = (1.96 ** 2 * 100) / 25

/** How many of `population` pods must be asked for a trustworthy mean; all of up to three. */
export function sampleSize(population: number): number {
  if (population <= smallPopulation) return population
  return Math.ceil((population * base) / (population + base - 1))
}
