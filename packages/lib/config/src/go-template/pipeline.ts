import { GoTemplateError } from '../errors.ts'
import { type Frame, fieldOf, variableIn } from './frame.ts'
import { functionArity, templateFunctions } from './functions.ts'
import type { Token } from './lexer.ts'
import { isTruthy, type TemplateValue } from './values.ts'

/** Computes a value in a frame. */
export type Evaluate = (frame: Frame) => TemplateValue

/** A parsed pipeline: what it computes, and the variables it declares or assigns. */
export interface Pipeline {
  readonly evaluate: Evaluate
  readonly variables: readonly string[]
  readonly declares: boolean
}

/** An operand, with what distinguishes it when it heads a command. */
interface Operand {
  readonly evaluate: Evaluate
  /** Set for a function name. */
  readonly functionName?: string
  /** Set for a field path, which may name a method: calls it with arguments. */
  readonly call?: (frame: Frame, args: readonly TemplateValue[]) => TemplateValue
  readonly text: string
}

const deepestNesting = 100

/** Parses the pipelines of one action by recursive descent over its tokens. */
export class PipelineParser {
  readonly #tokens: readonly Token[]
  readonly #line: number
  readonly #declared: readonly string[]
  #position = 0
  #depth = 0

  /** @param declared names of the variables in scope */
  constructor(tokens: readonly Token[], line: number, declared: readonly string[]) {
    this.#tokens = tokens
    this.#line = line
    this.#declared = declared
  }

  /** The whole action as one pipeline. @throws GoTemplateError */
  parse(): Pipeline {
    this.#skipSpace()
    const start = this.#position
    const variables: string[] = []
    while (this.#peek()?.kind === 'variable') {
      variables.push(this.#take().text)
      this.#skipSpace()
      if (this.#peek()?.text !== ',') break
      this.#take()
      this.#skipSpace()
    }
    const operator = this.#peek()?.text
    const assigns = variables.length > 0 && (operator === ':=' || operator === '=')
    if (assigns) this.#take()
    else this.#position = start
    if (assigns && operator === '=') for (const name of variables) this.#requireDeclared(name)
    const evaluate = this.#pipeline()
    if (this.#peek()) throw this.#error(`unexpected ${JSON.stringify(this.#peek()?.text)} in command`)
    return { evaluate, variables: assigns ? variables : [], declares: operator === ':=' }
  }

  #pipeline(): Evaluate {
    if (++this.#depth > deepestNesting) throw this.#error('parentheses nested too deeply')
    let evaluate = this.#command(undefined)
    while (this.#peek()?.text === '|' && this.#peek()?.kind === 'punctuation') {
      this.#take()
      evaluate = this.#command(evaluate)
    }
    this.#depth--
    return evaluate
  }

  /** One command; `piped` yields its last argument when it is not the first of its pipeline. */
  #command(piped: Evaluate | undefined): Evaluate {
    const operands: Operand[] = []
    for (this.#skipSpace(); !this.#atCommandEnd(); this.#skipSpace()) {
      operands.push(this.#operand())
      const next = this.#peek()
      if (next && next.kind !== 'space' && !this.#atCommandEnd()) {
        throw this.#error(`unexpected ${JSON.stringify(next.text)} in operand`)
      }
    }
    const [head, ...rest] = operands
    if (!head) throw this.#error('missing value for command')
    const args = rest.map((operand) => this.#asArgument(operand))
    if (piped) args.push(piped)
    if (head.functionName !== undefined) return this.#functionCall(head.functionName, args)
    if (args.length === 0) return head.evaluate
    const { call } = head
    if (!call) throw this.#error(`can't give argument to non-function ${head.text}`)
    return (frame) =>
      call(
        frame,
        args.map((argument) => argument(frame)),
      )
  }

  #asArgument(operand: Operand): Evaluate {
    return operand.functionName === undefined
      ? operand.evaluate
      : this.#functionCall(operand.functionName, [])
  }

  #functionCall(name: string, args: readonly Evaluate[]): Evaluate {
    const [least, most] = functionArity[name] ?? [0, 0]
    if (args.length < least || args.length > most) {
      const wanted = most === Infinity ? `at least ${least}` : String(least)
      throw this.#error(`wrong number of args for ${name}: want ${wanted} got ${args.length}`)
    }
    if (name === 'and' || name === 'or') {
      const stopOn = name === 'or'
      return (frame) => {
        let value: TemplateValue
        for (const argument of args) {
          value = argument(frame)
          if (isTruthy(value) === stopOn) break
        }
        return value
      }
    }
    const call = templateFunctions[name]!
    return (frame) => call(...args.map((argument) => argument(frame)))
  }

  #operand(): Operand {
    const token = this.#take()
    switch (token.kind) {
      case 'string':
        return constant(token.text, JSON.stringify(token.text))
      case 'char': {
        const characters = [...token.text]
        if (characters.length !== 1) throw this.#error(`malformed character constant: '${token.text}'`)
        return constant(characters[0]!.codePointAt(0), token.text)
      }
      case 'number':
        return constant(this.#number(token.text), token.text)
      case 'variable':
        this.#requireDeclared(token.text)
        return this.#path(token.text, (frame) => variableIn(frame, token.text))
      case 'field':
        this.#position--
        return this.#path('', (frame) => frame.dot)
      case 'word':
        return this.#word(token.text)
      default:
        if (token.text === '.') return constantless('.', (frame) => frame.dot)
        if (token.text === '(') return this.#parenthesised()
        throw this.#error(`unexpected ${JSON.stringify(token.text)} in operand`)
    }
  }

  #word(text: string): Operand {
    if (text === 'true') return constant(true, text)
    if (text === 'false') return constant(false, text)
    if (text === 'nil') throw this.#error('nil is not a command')
    if (!Object.hasOwn(functionArity, text)) throw this.#error(`function ${JSON.stringify(text)} not defined`)
    return { functionName: text, text, evaluate: () => undefined }
  }

  #parenthesised(): Operand {
    const inner = this.#pipeline()
    if (this.#peek()?.text !== ')') throw this.#error('unclosed left paren')
    this.#take()
    return this.#path('(…)', inner)
  }

  /** Field names that directly follow a value. */
  #path(text: string, start: Evaluate): Operand {
    const names: string[] = []
    while (this.#peek()?.kind === 'field') names.push(this.#take().text.slice(1))
    if (names.length === 0) return constantless(text, start)
    const last = names.pop()!
    const owner: Evaluate =
      names.length === 0
        ? start
        : (frame) => names.reduce((value, name) => fieldOf(value, name, []), start(frame))
    const call = (frame: Frame, args: readonly TemplateValue[]) => fieldOf(owner(frame), last, args)
    return { evaluate: (frame) => call(frame, []), call, text: `${text}.${[...names, last].join('.')}` }
  }

  #number(text: string): number {
    const plain = text.replaceAll('_', '').replace(/^\+/, '')
    const negative = plain.startsWith('-')
    const body = negative ? plain.slice(1) : plain
    const value = Number(/^0[0-7]+$/.test(body) ? `0o${body.slice(1)}` : body)
    if (!Number.isFinite(value)) throw this.#error(`bad number syntax: ${JSON.stringify(text)}`)
    return negative ? -value : value
  }

  #requireDeclared(name: string): void {
    if (name !== '$' && !this.#declared.includes(name)) {
      throw this.#error(`undefined variable ${JSON.stringify(name)}`)
    }
  }

  #atCommandEnd(): boolean {
    const token = this.#peek()
    return token === undefined || (token.kind === 'punctuation' && (token.text === '|' || token.text === ')'))
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#position]
  }

  #take(): Token {
    const token = this.#tokens[this.#position]
    if (!token) throw this.#error('unexpected end of action')
    this.#position++
    return token
  }

  #skipSpace(): void {
    while (this.#peek()?.kind === 'space') this.#position++
  }

  #error(message: string): GoTemplateError {
    return new GoTemplateError(this.#line, message)
  }
}

function constant(value: TemplateValue, text: string): Operand {
  return { evaluate: () => value, text }
}

function constantless(text: string, evaluate: Evaluate): Operand {
  return { evaluate, text }
}
