import picocolors from 'picocolors'

/** Text colours; they do nothing when the output is not a terminal. */
export type Colors = Pick<
  ReturnType<typeof picocolors.createColors>,
  'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'
>

/** Colours for a terminal, plain text for a pipe or with NO_COLOR. */
export function colorsFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Colors {
  return picocolors.createColors(stream.isTTY === true && !env['NO_COLOR'])
}
