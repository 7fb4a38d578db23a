/** Mail to a mail server, by SMTP. */
import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import { oneLine } from './text.ts'

/** Where mail is handed over, and in whose name. */
export interface MailServer {
  readonly host: string
  readonly port: number
  /** Not encrypted, encrypted once connected, or encrypted from the first byte. */
  readonly security: 'none' | 'starttls' | 'tls'
  /** None: it asks for none. */
  readonly user?: { readonly name: string; readonly password: string }
  readonly from: { readonly address: string; readonly name: string }
}

export interface Mail {
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
  readonly text: string
  /** The same for each attempt, so that whoever gets it twice can tell. */
  readonly messageId: string
  readonly attachment?: { readonly name: string; readonly type: string; readonly content: Readable }
}

export interface Handed {
  /** Addresses that the server did not take; it took the others. */
  readonly refused: readonly string[]
}

/** The mail was not taken. The message is for operators and holds neither content nor passwords. */
export class MailError extends Error {
  override readonly name = 'MailError'
}

/** A server that does not speak within these is tried again later. */
const CONNECT_MS = 20_000
const SILENCE_MS = 60_000
/** From the first byte to the answer that the mail was taken. */
export const LONGEST_SEND_MS = 300_000

/** Hands a mail to a server. It is taken, for one address at least, when this resolves; else it throws a MailError. */
export async function sendMail(server: MailServer, mail: Mail): Promise<Handed> {
  const { host, port, security, user } = server
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user && { auth: { user: user.name, pass: user.password } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
  })
  try {
    const { rejected } = await transport.sendMail({
      from: { name: oneLine(server.from.name), address: server.from.address },
      to: [...mail.to],
      cc: [...mail.cc],
      subject: oneLine(mail.subject),
      text: mail.text,
      messageId: mail.messageId,
      // So that no machine answers it.
      headers: { 'Auto-Submitted': 'auto-generated' },
      ...(mail.attachment && { attachments: [attached(mail.attachment)] }),
      disableFileAccess: true,
      disableUrlAccess: true,
      signal: AbortSignal.timeout(LONGEST_SEND_MS),
    })
    return { refused: rejected.map(String) }
  } catch (error) {
    throw new MailError(explained(error as SmtpError, server))
  } finally {
    mail.attachment?.content.destroy()
    transport.close()
  }
}

const attached = ({ name, type, content }: NonNullable<Mail['attachment']>) => ({
  filename: oneLine(name),
  contentType: type,
  content,
})

interface SmtpError extends Error {
  readonly code?: string
  readonly command?: string
  readonly response?: string
}

const LONGEST_REASON = 500

/** What the server said, else what the network did. A server that repeats what it was sent may repeat a password. */
function explained({ message, command, response, code }: SmtpError, { host, port, user }: MailServer): string {
  const said = response ? `${command ? `after ${command}: ` : ''}${response}` : `${message}${code ? ` (${code})` : ''}`
  const told = user?.password ? said.replaceAll(user.password, '***') : said
  return `${host}:${port} ${oneLine(told)}`.slice(0, LONGEST_REASON)
}
