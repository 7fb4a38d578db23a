/** A mail server that keeps what it is sent, and the parts of a mail. */

import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'

export interface Received {
  readonly from: string
  readonly to: string[]
  readonly user: string | undefined
  readonly raw: string
}

export interface TestMailServer {
  readonly port: number
  /** In the order they came. */
  readonly mails: Received[]
  /** What it answers in place of taking a mail: at its content, or to one address. */
  refusal: { readonly code: number; readonly text: string } | undefined
  readonly refusedAddresses: Set<string>
  /** Done before a mail is taken. */
  beforeTaking: (() => Promise<void>) | undefined
  close(): Promise<void>
}

/** Starts one; with `user` it asks for that name and password. */
export async function startMailServer(user?: { name: string; password: string }): Promise<TestMailServer> {
  const mails: Received[] = []
  const refusal = (code: number, message: string) => Object.assign(new Error(message), { responseCode: code })
  const server = new SMTPServer({
    authOptional: !user,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth({ username, password }, _session, done) {
      const known = username === user?.name && password === user?.password
      // Some servers repeat what they were sent.
      if (!known) return done(refusal(535, `not authenticated with ${password}`))
      done(null, { user: username })
    },
    onRcptTo({ address }, _session, done) {
      done(started.refusedAddresses.has(address) ? refusal(550, `no ${address} here`) : null)
    },
    onData(stream, session, done) {
      void text(stream).then(async (raw) => {
        await started.beforeTaking?.()
        if (started.refusal) return done(refusal(started.refusal.code, started.refusal.text))
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom ? mailFrom.address : ''
        mails.push({ from, to: rcptTo.map((one) => one.address), user: session.user as string | undefined, raw })
        done(null)
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const started: TestMailServer = {
    port: (server.server.address() as AddressInfo).port,
    mails,
    refusal: undefined,
    refusedAddresses: new Set(),
    beforeTaking: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return started
}

export interface ReadMail {
  /** By name in small letters, folded lines as one. */
  readonly headers: ReadonlyMap<string, string>
  readonly text: string
  readonly attachments: { readonly name: string; readonly type: string; readonly content: Buffer }[]
}

/** Reads a mail as programs write it: plain text, alone or with attachments. */
export function readMail(raw: string): ReadMail {
  const { headers, body } = part(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers.get('content-type') ?? '')?.[1]
  if (boundary === undefined) return { headers, text: content(headers, body).toString(), attachments: [] }
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((one) => part(one.replace(/^\r\n/, '')))
  const attachments = parts.slice(1).map((one) => ({
    name: /filename="?([^";]+)/.exec(one.headers.get('content-disposition') ?? '')?.[1] ?? '',
    type: one.headers.get('content-type')!.split(';', 1)[0]!,
    content: content(one.headers, one.body),
  }))
  return { headers, text: content(parts[0]!.headers, parts[0]!.body).toString(), attachments }
}

function part(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), decoded(line.slice(colon + 1).trim())]
    }),
  )
  return { headers, body: raw.slice(end + 4) }
}

function content(headers: ReadonlyMap<string, string>, body: string): Buffer {
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding === 'quoted-printable') return quotedPrintable(body.replace(/=\r\n/g, ''))
  return Buffer.from(body)
}

const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

/** Words of headers that are not ASCII. */
const decoded = (header: string): string =>
  header
    .replace(/\?= +=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, word: string) =>
      (kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64')
        : quotedPrintable(word.replaceAll('_', ' '))
      ).toString(),
    )
