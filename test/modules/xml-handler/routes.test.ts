/** Where switches ask, and that they are answered whatever they send. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NOT_FOUND } from '../../../src/freeswitch/xml/write.ts'
import { SECTIONS as ALL } from '../../../src/modules/xml-handler/question.ts'
import { switchRoutesOf } from '../../../src/modules/xml-handler/switch-routes.ts'
import { type TestApp, testApp } from '../../support/app.ts'

let served: TestApp
beforeAll(async () => {
  served = await testApp()
})
afterAll(() => served?.close())

const ask = (path: string, body: string | Buffer, type = 'application/x-www-form-urlencoded') =>
  served.call(null, 'POST', path, body, { 'content-type': type })

const SECTIONS = ['directory', 'dialplan', 'configuration', 'languages']

describe('what is not there', () => {
  test.each(['', ...SECTIONS.map((section) => `${section}/`), ...SECTIONS])(
    'is not found at /xmlhandler/%s',
    async (path) => {
      const answer = await ask(`/xmlhandler/${path}`, 'hostname=a&section=directory&domain=nowhere&user=1')
      expect([answer.status, answer.headers['content-type'], answer.text]).toEqual([
        200,
        'text/xml; charset=utf-8',
        NOT_FOUND,
      ])
    },
  )

  test('is not found in a section that nobody knows', async () => {
    expect((await ask('/xmlhandler/', 'section=nonsense')).text).toBe(NOT_FOUND)
  })
})

describe('a body that is no question', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `f${index}=${index}&domain=d${index}`).join('&')
  const bodies: Record<string, Buffer> = {
    empty: Buffer.alloc(0),
    'of 10,000 fields': Buffer.from(many),
    'of invalid UTF-8': Buffer.from([0xff, 0x26, 0xc3, 0x28, 0x3d, 0x80]),
    'of escapes that are none': Buffer.from('domain=%zz%&user=%ff%fe&action=%'),
    'of NULs': Buffer.concat([Buffer.from('domain=a%00b&user='), Buffer.alloc(1000)]),
    'of separators': Buffer.from('&=&'.repeat(100_000)),
    'of one long field': Buffer.from(`domain=${'%41'.repeat(500_000)}`),
    'of XML': Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
  }
  test.each(Object.keys(bodies))('is answered when it is %s', async (kind) => {
    for (const path of ['', ...SECTIONS]) {
      const answer = await ask(`/xmlhandler/${path}`, bodies[kind]!)
      expect([answer.status, answer.text]).toEqual([200, NOT_FOUND])
    }
  })
})

describe('a question that cannot be answered now', () => {
  test('is a 503, so that the switch asks its next server', async () => {
    const broken = async () => {
      throw new Error('the database is away')
    }
    const logged: string[] = []
    const log = { error: (_details: object, message: string) => logged.push(message) } as never
    const answerers = Object.fromEntries(ALL.map((section) => [section, broken])) as never
    const routes = switchRoutesOf(answerers, {} as never)
    const request = { body: Buffer.from('section=dialplan'), contentType: undefined, query: new Map(), address: '::1' }
    for (const handle of Object.values(routes)) {
      await expect(handle(request, log)).rejects.toMatchObject({ status: 503 })
    }
    expect(logged).toHaveLength(5)
  })
})
