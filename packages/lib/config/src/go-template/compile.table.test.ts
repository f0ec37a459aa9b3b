import { describe, expect, test } from '@jest/globals'
import { compileGoTemplate } from './compile.ts'

/** A map with a method, and with a zero value of its own. */
class Header extends Map<string, string[]> {
  readonly Get = (name: string) => this.get(name)[0] ?? ''

  override get(name: string): string[] {
    return super.get(name) ?? []
  }
}

const data = {
  Name: 'hello',
  Namespace: 'default',
  Domain: 'example.com',
  Labels: new Map([
    ['app', 'web'],
    ['a.b/c', 'q'],
  ]),
  Annotations: new Map(),
  List: [1, 2],
  Code: 200,
  Ready: true,
  TLS: null,
  UserAgent: () => 'curl',
  URL: { Path: '/a', String: () => '/a?b=c' },
  Response: { Code: 200, Latency: 0.25, Error: null, Size: () => 5 },
  Header: new Header([['A', ['1', '2']]]),
}

describe('renders', () => {
  test.each([
    ['plain text', 'plain text'],
    ['', ''],
    ['{{.Name}}.{{.Namespace}}.{{.Domain}}', 'hello.default.example.com'],
    ['{{ .Labels.app }}', 'web'],
    ['{{.Labels.other}}', '<no value>'],
    ['{{.Labels.other.deeper}}', '<no value>'],
    ['{{if .Labels.other}}x{{end}}', ''],
    ['{{index .Labels "a.b/c"}}', 'q'],
    ['{{index .Labels "none"}}', ''],
    ['{{index .List 1}}', '2'],
    ['{{.UserAgent}}', 'curl'],
    ['{{.TLS}}', '<nil>'],
    ['{{.URL}} {{.URL.String}} {{.URL.Path}} {{printf "%s" .URL}}', '/a?b=c /a?b=c /a /a?b=c'],
    ['{{.Labels}} {{.List}}', 'map[a.b/c:q app:web] [1 2]'],
    ['{{.Response}} {{.Response.Code}} {{.Response.Size}}', '{200 0.25 <nil>} 200 5'],
    ['{{if .Response}}any{{end}}', 'any'],
    ['{{with .Annotations}}x{{else}}empty{{end}}', 'empty'],
    ['{{len .Labels}} {{len .Annotations}}', '2 0'],
    ['{{.Header}} {{.Header.A}} {{.Header.B}}', 'map[A:[1 2]] [1 2] <no value>'],
    ['{{index .Header "A" 1}} {{index .Header "B"}} {{.Header.Get "A"}}', '2 [] 1'],
    ['a {{- .Name -}} b', 'ahellob'],
    ['a {{/* nothing }} here */}}b', 'a b'],
    ['a {{- /* nothing */ -}} b', 'ab'],
    ['{{"quoted \\"x\\" }}"}}{{`raw\\n`}}', 'quoted "x" }}raw\\n'],
    ['{{if .Ready}}yes{{else}}no{{end}}', 'yes'],
    ['{{if not .Ready}}yes{{else if eq .Code 200}}ok{{else}}no{{end}}', 'ok'],
    ['{{if and .Ready (eq .Name "hello")}}both{{end}}', 'both'],
    ['{{or .Labels.none "else"}}', 'else'],
    ['{{with .Labels.app}}<{{.}}>{{end}}', '<web>'],
    ['{{with .Labels.none}}x{{else}}{{.Name}}{{end}}', 'hello'],
    ['{{range .List}}{{.}},{{end}}', '1,2,'],
    ['{{range $i, $x := .List}}{{$i}}={{$x}};{{end}}', '0=1;1=2;'],
    ['{{range .Annotations}}x{{else}}none{{end}}', 'none'],
    ['{{range $k, $v := .Labels}}{{$k}}:{{$v}} {{end}}', 'a.b/c:q app:web '],
    ['{{$n := .Name}}{{range .List}}{{$n}}{{$.Code}}{{end}}', 'hello200hello200'],
    ['{{$n := 1}}{{range .List}}{{$n = .}}{{end}}{{$n}}', '2'],
    ['{{printf "%s-%05d-%.1f-%q" .Name 42 2.26 "x"}}', 'hello-00042-2.3-"x"'],
    ['{{.Name | printf "%s/%s" "a"}}', 'a/hello'],
    ['{{len .Name}} {{len .List}}', '5 2'],
    ['{{slice .Name 1 3}}', 'el'],
    ['{{js "<a href=\\"x\\">"}}', '\\u003Ca href\\u003D\\"x\\"\\u003E'],
    ['{{html "<a>"}}', '&lt;a&gt;'],
    ['{{urlquery "a b&c"}}', 'a+b%26c'],
    ['{{print 1 2 "x"}}', '1 2x'],
    ['{{lt 1 2}} {{ge "b" "a"}} {{ne 1 2}}', 'true true true'],
    ['{{(index .List 0)}}', '1'],
    ["{{'a'}} {{0x10}} {{1e3}} {{-5}}", '97 16 1000 -5'],
  ])('%s', (text, expected) => expect(compileGoTemplate(text)(data)).toBe(expected))
})

describe('does not compile', () => {
  test.each([
    ['{{.Name', 'template: :1: unclosed action'],
    ['{{/* x', 'template: :1: unclosed comment'],
    ['{{"x}}', 'template: :1: unterminated quoted string'],
    ['a\n{{end}}', 'template: :2: unexpected {{end}}'],
    ['{{if .Name}}', 'template: :1: unexpected EOF'],
    ['{{}}', 'template: :1: missing value for command'],
    ['{{lower .Name}}', 'template: :1: function "lower" not defined'],
    ['{{$x}}', 'template: :1: undefined variable "$x"'],
    ['{{(.Name}}', 'template: :1: unclosed left paren'],
    ['{{"a" .Name}}', 'template: :1: can\'t give argument to non-function "a"'],
    ['{{eq}}', 'template: :1: wrong number of args for eq: want at least 1 got 0'],
    ['{{define "x"}}{{end}}', 'template: :1: {{define}} is not supported'],
    ['{{#}}', 'template: :1: unexpected "#" in operand'],
  ])('%s', (text, message) => {
    expect(() => compileGoTemplate(text)).toThrow(
      expect.objectContaining({ message, code: 'CONFIG_TEMPLATE' }),
    )
  })
})

describe('fails on the data', () => {
  test.each([
    ['{{.Other}}', "template: :1: can't evaluate field Other"],
    ['{{.TLS.Version}}', 'template: :1: nil pointer evaluating interface {}.Version'],
    ['{{.URL.Nope}}', "template: :1: can't evaluate field Nope"],
    ['{{.URL.constructor}}', "template: :1: can't evaluate field constructor"],
    ['{{.Response.Code.Nope}}', "template: :1: can't evaluate field Nope in type int"],
    ['{{.Labels.app.Nope}}', "template: :1: can't evaluate field Nope in type string"],
    ['{{.Labels.other 1}}', 'template: :1: other has arguments but cannot be invoked as function'],
    ['{{index .URL "Path"}}', "template: :1: can't index item of type struct {}"],
    ['{{len .URL}}', 'template: :1: len of type struct {}'],
    ['{{range .URL}}{{end}}', "template: :1: range can't iterate over /a?b=c (struct {})"],
    ['{{.Name.Length}}', "template: :1: can't evaluate field Length in type string"],
    ['{{index .List 7}}', 'template: :1: index out of range: 7'],
    ['{{eq .Name 1}}', 'template: :1: incompatible types for comparison'],
    ['{{.Name 1}}', 'template: :1: Name has arguments but cannot be invoked as function'],
    ['{{range .Code}}{{end}}', "template: :1: range can't iterate over 200 (int)"],
  ])('%s', (text, message) => {
    const render = compileGoTemplate(text)
    expect(() => render(data)).toThrow(expect.objectContaining({ message, code: 'CONFIG_TEMPLATE' }))
  })
})
