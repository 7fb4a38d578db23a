/** The mail server that settings describe, and what mails say. */
import { describe, expect, it } from 'vitest'
import { attachmentName, letterOf, type Told } from '../../../src/modules/voicemail/mails/letter.ts'
import { serverOf } from '../../../src/modules/voicemail/mails/mail-server.ts'

const settings = (values: Record<string, string>) => new Map(Object.entries(values))
const NOTHING = settings({})
const SYSTEM = {
  smtp_host: 'mail.example.com',
  smtp_user_name: 'pbx@example.com',
  smtp_password: 'secret',
  smtp_from_name: 'The PBX',
}

describe('the mail server', () => {
  it('is the system’s, encrypted, with its user as sender unless another is named', () => {
    expect(serverOf(NOTHING, settings(SYSTEM))).toEqual({
      host: 'mail.example.com',
      port: 587,
      security: 'starttls',
      user: { name: 'pbx@example.com', password: 'secret' },
      from: { address: 'pbx@example.com', name: 'The PBX' },
    })
  })

  it('of a tenant with a host of its own has nothing of the system’s', () => {
    const own = { smtp_host: 'mail.tenant.example', smtp_from: 'pbx@tenant.example' }
    expect(serverOf(settings(own), settings({ ...SYSTEM, smtp_port: '2525', smtp_secure: 'none' }))).toEqual({
      host: 'mail.tenant.example',
      port: 587,
      security: 'starttls',
      from: { address: 'pbx@tenant.example', name: '' },
    })
  })

  it('of a tenant without one is the system’s, with the tenant as sender and nothing else of it', () => {
    const own = { smtp_from: 'pbx@tenant.example', smtp_from_name: 'Tenant', smtp_port: '1', smtp_user_name: 'x' }
    expect(serverOf(settings(own), settings(SYSTEM))).toMatchObject({
      host: 'mail.example.com',
      port: 587,
      user: { name: 'pbx@example.com' },
      from: { address: 'pbx@tenant.example', name: 'Tenant' },
    })
  })

  it.each([
    [{ smtp_port: '465' }, { security: 'tls', port: 465 }],
    [{ smtp_secure: 'TLS' }, { security: 'tls', port: 465 }],
    [{ smtp_secure: 'ssl' }, { security: 'tls', port: 465 }],
    [{ smtp_secure: 'none' }, { security: 'none', port: 25 }],
    [
      { smtp_secure: 'none', smtp_port: '2525' },
      { security: 'none', port: 2525 },
    ],
    [{ smtp_auth: 'false' }, { user: undefined }],
  ])('of %j is %j', (values, expected) => {
    const server = serverOf(NOTHING, settings({ ...SYSTEM, ...values } as Record<string, string>))
    for (const [name, value] of Object.entries(expected)) expect(server[name as keyof typeof server]).toEqual(value)
  })

  it.each([
    [{ smtp_port: '0' }, 'smtp_port'],
    [{ smtp_port: '25; rm' }, 'smtp_port'],
    [{ smtp_secure: 'yes' }, 'smtp_secure'],
    [{ smtp_host: 'user:pw@host' }, 'smtp_host'],
    [{ smtp_user_name: 'pbx' }, 'smtp_from'],
    [{ smtp_from: 'a@b.example\r\nBcc: c@d.example' }, 'smtp_from'],
  ])('of %j is none, and it is told which setting is wrong', (values, name) => {
    expect(() => serverOf(NOTHING, settings({ ...SYSTEM, ...values } as Record<string, string>))).toThrow(
      `email / ${name}`,
    )
  })
})

describe('a mail', () => {
  const told: Told = {
    extension: '1001',
    domain: 'acme.example',
    callerName: null,
    callerNumber: null,
    urgent: true,
    left: '2026-07-01T22:30:00Z',
    seconds: 3723,
  }

  it('tells who called, when in the time zone, and how long', () => {
    const { subject, text } = letterOf(told, { kind: 'link', url: 'https://x/y/', days: 1 }, 'Europe/Berlin')
    expect(subject).toBe('Urgent: Voicemail for 1001 from an unknown caller, 1:02:03')
    expect(text).toBe(
      [
        'A new urgent message was left in mailbox 1001 of acme.example.',
        '',
        'From:   an unknown caller',
        'When:   Thursday, 2 July 2026, 00:30 (Europe/Berlin)',
        'Length: 1:02:03',
        '',
        'Hear it here; the link works for a day:',
        'https://x/y/',
        '',
      ].join('\n'),
    )
  })

  it.each([
    ['Anna', '42', 'Anna (42)'],
    ['42', '42', '42'],
    [null, '42', '42'],
    ['Anna', '', 'Anna'],
  ])('of %j at %j is from %s', (callerName, callerNumber, from) => {
    const { subject } = letterOf({ ...told, callerName, callerNumber }, { kind: 'none' }, 'UTC')
    expect(subject).toContain(` from ${from}, `)
  })

  it.each([
    ['+49 (30) 1234', 'voicemail-2026-07-01-2230-49301234.wav'],
    ['../../etc/passwd', 'voicemail-2026-07-01-2230-etcpasswd.wav'],
    ['"\r\n;', 'voicemail-2026-07-01-2230-unknown.wav'],
  ])('from %j has an attachment named %s', (callerNumber, name) => {
    expect(attachmentName({ ...told, callerNumber }, 'audio/wav', 'UTC')).toBe(name)
  })
})
