/** The editor of the formula: coloured, with errors underlined. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useSignalEffect } from '@preact/signals'
import * as E from 'fp-ts/lib/Either.js'
import { useEffect, useRef } from 'preact/hooks'
import { say } from '../page/language.ts'
import { showFault, showFaults, showRefusal } from '../text/faults.ts'
import { words } from '../text/formula.ts'
import { Problem } from '../ui/fault.tsx'
import { lessonOf } from './lesson.ts'
import { current, lesson, settings } from './room.ts'

const language = StreamLanguage.define({
  token: (stream) => {
    if (stream.match(/^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/)) return 'number'
    if (stream.match(/^#.*/)) return 'comment'
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'keyword'
    if (stream.match(/^[A-Za-z_][\w']*/)) return 'variableName'
    stream.next()
    return 'operator'
  },
})
const colours = HighlightStyle.define([
  { tag: tags.number, color: 'var(--class0)' },
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: tags.variableName, color: 'var(--ink)' },
  { tag: tags.operator, color: 'var(--quiet)' },
  { tag: tags.comment, color: 'var(--quiet)' },
])
/** Lines and columns count from 1. Columns count characters; the editor's positions count UTF-16 code units. */
const place = (doc: string, line: number, column: number): number => {
  const lines = doc.split('\n')
  const before = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
  return Math.min(doc.length, before + [...(lines[line - 1] ?? '')].slice(0, column - 1).join('').length)
}
const faults = (doc: string): readonly Diagnostic[] => {
  const l = lessonOf(doc)
  if (E.isRight(l)) return []
  switch (l.left._tag) {
    case 'Text':
      return l.left.errors.map((e) => {
        const from = place(doc, e.line, e.column)
        const word = /^[A-Za-z_]\w*/.exec(doc.slice(from))?.[0].length ?? 1
        return {
          from,
          to: Math.min(doc.length, from + word),
          severity: 'error',
          message: showFault(e).split('\n')[0] ?? '',
        }
      })
    case 'Derivative':
    case 'NoInputs':
      return []
  }
}
const look = EditorView.theme({
  '&': { fontSize: '20px', backgroundColor: 'transparent', color: 'var(--ink)' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '10px 0', caretColor: 'var(--accent)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '&.cm-focused .cm-selectionBackground, ::selection': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 25%, transparent)',
  },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--wrong)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line)',
    fontSize: '13px',
    color: 'var(--ink)',
  },
})

export const Editor = () => {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  useEffect(() => {
    if (host.current === null) return
    view.current = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: settings.text.peek(),
        extensions: [
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          language,
          syntaxHighlighting(colours),
          linter((v) => faults(v.state.doc.toString()), { delay: 60 }),
          look,
          placeholder('x*sin(x*y)'),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': say(words.formula), spellcheck: 'false' }),
          EditorView.updateListener.of((u) => {
            if (u.docChanged) settings.text.value = u.state.doc.toString()
          }),
        ],
      }),
    })
    return () => view.current?.destroy()
  }, [])
  useSignalEffect(() => {
    const wanted = settings.text.value
    const now = view.current
    if (now === undefined || now.state.doc.toString() === wanted) return
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: wanted } })
  })
  return <div class="editor" ref={host} data-test="editor" />
}
/** The errors in words, each with its line and a caret under the position. */
export const Fault = () => {
  const l = lesson.value
  const said = (): string => {
    if (E.isRight(l)) return ''
    switch (l.left._tag) {
      case 'Text':
        return settings.text.value.trim() === '' ? say(words.blank) : showFaults(l.left.errors)
      case 'Derivative':
        return showRefusal(l.left.diagnostics)
      case 'NoInputs':
        return say(words.noInputs)
    }
  }
  const stale = E.isLeft(l) && current.value !== undefined
  return (
    <>
      <div role="status" data-test="fault">
        <Problem text={said()} />
      </div>
      {stale ? (
        <p class="quiet" data-test="stale">
          {say(words.stale, { formula: current.value?.text ?? '' })}
        </p>
      ) : null}
    </>
  )
}
