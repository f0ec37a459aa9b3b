import { GoTemplateError } from '../errors.ts'
import type { TemplateData } from '../types.ts'
import { assign, declare, type Frame } from './frame.ts'
import { type Segment, splitTemplate, tokenize } from './lexer.ts'
import { type Pipeline, PipelineParser } from './pipeline.ts'
import { entriesOf, isTruthy, printed, type TemplateValue, typeName } from './values.ts'

/** Appends its text to what was rendered so far; returns the frame for what follows in its block. */
type Step = (frame: Frame, out: string[]) => Frame

const unsupported = new Set(['define', 'template', 'block', 'break', 'continue'])
const deepestNesting = 100

/**
 * Compiles a Go `text/template`: fields, methods, pipelines, variables, if/else, with, range, trim markers,
 * comments and Go's predefined functions. Named templates, `break` and `continue` are not supported.
 * The compiled template throws GoTemplateError when the data lacks a field or a function refuses its
 * arguments.
 * @throws GoTemplateError naming the line and the fault
 */
export function compileGoTemplate(text: string): (data: TemplateData) => string {
  const segments = splitTemplate(text)
  const only = segments.length === 0 ? { text: '' } : segments[0]!
  if (segments.length <= 1 && 'text' in only) return () => only.text
  const render = new BlockCompiler(segments).compile()
  return (data) => {
    const out: string[] = []
    render({ root: data, dot: data, variables: undefined }, out)
    return out.join('')
  }
}

class BlockCompiler {
  readonly #segments: readonly Segment[]
  #position = 0
  #declared: string[] = []
  #depth = 0
  #line = 1

  constructor(segments: readonly Segment[]) {
    this.#segments = segments
  }

  compile(): Step {
    const { body, ending } = this.#block()
    if (ending !== undefined) throw new GoTemplateError(this.#line, `unexpected {{${ending}}}`)
    return body
  }

  /** Steps up to the `end` or `else …` that closes the block, or to the end of the template. */
  #block(): { body: Step; ending: string | undefined } {
    if (++this.#depth > deepestNesting) throw new GoTemplateError(this.#line, 'blocks nested too deeply')
    const outer = this.#declared
    this.#declared = [...outer]
    const steps: Step[] = []
    let ending: string | undefined
    while (this.#position < this.#segments.length) {
      const segment = this.#segments[this.#position++]!
      if ('text' in segment) {
        steps.push(literal(segment.text))
        continue
      }
      this.#line = segment.line
      const keyword = /^[a-z]+(?![\p{L}\p{Nd}_])/u.exec(segment.action)?.[0] ?? ''
      if (keyword === 'end' || keyword === 'else') {
        ending = segment.action
        break
      }
      steps.push(this.#action(keyword, segment.action))
    }
    this.#declared = outer
    this.#depth--
    return { body: sequence(steps), ending }
  }

  #action(keyword: string, action: string): Step {
    const line = this.#line
    if (unsupported.has(keyword)) throw new GoTemplateError(line, `{{${keyword}}} is not supported`)
    const rest = action.slice(keyword.length)
    switch (keyword) {
      case 'if':
        return this.#conditional(rest, false)
      case 'with':
        return this.#conditional(rest, true)
      case 'range':
        return this.#range(rest)
      default: {
        const pipeline = this.#pipeline(action)
        if (pipeline.variables.length > 1) throw new GoTemplateError(line, 'too many declarations in command')
        if (pipeline.declares) this.#declared.push(...pipeline.variables)
        return output(pipeline, line)
      }
    }
  }

  #pipeline(text: string): Pipeline {
    if (text.trim() === '') throw new GoTemplateError(this.#line, 'missing value for command')
    return new PipelineParser(tokenize(text, this.#line), this.#line, this.#declared).parse()
  }

  #conditional(text: string, setsDot: boolean): Step {
    const line = this.#line
    const outer = [...this.#declared]
    const pipeline = this.#pipeline(text)
    if (pipeline.declares) this.#declared.push(...pipeline.variables)
    const then = this.#block()
    const otherwise = this.#alternative(then.ending)
    this.#declared = outer
    return (frame, out) => {
      const value = evaluate(pipeline, frame, line)
      const inner = bind(pipeline, frame, value)
      if (!isTruthy(value)) otherwise?.(inner, out)
      else then.body(setsDot ? { ...inner, dot: value } : inner, out)
      return frame
    }
  }

  #range(text: string): Step {
    const line = this.#line
    const outer = [...this.#declared]
    const pipeline = this.#pipeline(text)
    if (pipeline.variables.length > 2) throw new GoTemplateError(line, 'too many declarations in range')
    if (pipeline.declares) this.#declared.push(...pipeline.variables)
    const each = this.#block()
    const otherwise = this.#alternative(each.ending)
    this.#declared = outer
    return (frame, out) => {
      const items = itemsOf(evaluate(pipeline, frame, line), line)
      for (const [key, item] of items) {
        const values = pipeline.variables.length === 2 ? [key, item] : [item]
        let inner: Frame = { ...frame, dot: item }
        pipeline.variables.forEach((name, i) => {
          if (pipeline.declares) inner = declare(inner, name, values[i])
          else assign(inner, name, values[i])
        })
        each.body(inner, out)
      }
      if (items.length === 0) otherwise?.(frame, out)
      return frame
    }
  }

  /** What follows the `else` that ended a block, if one did. */
  #alternative(ending: string | undefined): Step | undefined {
    if (ending === undefined) throw new GoTemplateError(this.#line, 'unexpected EOF')
    const rest = /^else(.*)$/s.exec(ending)?.[1]?.trim()
    if (rest === undefined) {
      if (ending !== 'end') throw new GoTemplateError(this.#line, `unexpected {{${ending}}}`)
      return undefined
    }
    const chained = /^(if|with)\b(.*)$/s.exec(rest)
    if (chained) return this.#conditional(chained[2]!, chained[1] === 'with')
    if (rest !== '') throw new GoTemplateError(this.#line, `unexpected {{${ending}}}`)
    const last = this.#block()
    if (last.ending === undefined) throw new GoTemplateError(this.#line, 'unexpected EOF')
    if (last.ending !== 'end') throw new GoTemplateError(this.#line, `expected end; found {{${last.ending}}}`)
    return last.body
  }
}

function sequence(steps: readonly Step[]): Step {
  return (frame, out) => {
    let current = frame
    for (const step of steps) current = step(current, out)
    return current
  }
}

function literal(text: string): Step {
  return (frame, out) => {
    out.push(text)
    return frame
  }
}

function output(pipeline: Pipeline, line: number): Step {
  return (frame, out) => {
    const value = evaluate(pipeline, frame, line)
    if (pipeline.variables.length === 0) out.push(printed(value))
    return bind(pipeline, frame, value)
  }
}

function bind(pipeline: Pipeline, frame: Frame, value: TemplateValue): Frame {
  const [name] = pipeline.variables
  if (name === undefined) return frame
  if (pipeline.declares) return declare(frame, name, value)
  assign(frame, name, value)
  return frame
}

function evaluate(pipeline: Pipeline, frame: Frame, line: number): TemplateValue {
  try {
    return pipeline.evaluate(frame)
  } catch (error) {
    throw new GoTemplateError(line, error instanceof Error ? error.message : String(error))
  }
}

function itemsOf(value: TemplateValue, line: number): (readonly [TemplateValue, TemplateValue])[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((item, i) => [i, item] as const)
  if (value instanceof Map) return entriesOf(value)
  throw new GoTemplateError(line, `range can't iterate over ${printed(value)} (${typeName(value)})`)
}
