import { describe, expect, test } from '@jest/globals'
import { compileGoTemplate } from './compile.ts'

const data = {
  Name: 'hello',
  Namespace: 'default',
  Domain: 'example.com',
  Labels: { app: 'web', 'a.b/c': 'q' },
  Annotations: {},
  List: [1, 2],
  Code: 200,
  Ready: true,
  TLS: null,
  UserAgent: () => 'curl',
  URL: { Path: '/a', String: () => '/a?b=c' },
}

describe('renders', () => {
  test.each([
    ['plain text', 'plain text'],
    ['', ''],
    ['{{.Name}}.{{.Namespace}}.{{.Domain}}', 'hello.default.example.com'],
    ['{{ .Labels.app }}', 'web'],
    ['{{.Labels.other}}', ''],
    ['{{index .Labels "a.b/c"}}', 'q'],
    ['{{index .Labels "none"}}', ''],
    ['{{index .List 1}}', '2'],
    ['{{.UserAgent}}', 'curl'],
    ['{{.TLS}}', '<nil>'],
    ['{{.URL}} {{.URL.String}} {{.URL.Path}} {{printf "%s" .URL}}', '/a?b=c /a?b=c /a /a?b=c'],
    ['{{.Labels}} {{.List}}', 'map[a.b/c:q app:web] [1 2]'],
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
