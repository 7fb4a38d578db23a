/** What stands between a switch and the database: a bounded queue, listings of mailboxes, files in their places. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { EventQueue } from '../../../src/modules/switch-events/event-queue.ts'
import { EventWriter } from '../../../src/modules/switch-events/event-writer.ts'
import { readListing } from '../../../src/modules/switch-events/mailboxes/listing.ts'
import { openMessage } from '../../../src/modules/switch-events/mailboxes/storage.ts'
import { read } from '../../../src/modules/switch-events/subscription.ts'
import type { Database, ResultRow, Statement } from '../../../src/rest/database.ts'
import { SCRATCH } from '../../support/scratch.ts'
import { eventsIn } from '../../support/transcript.ts'

describe('events that come faster than they are stored', () => {
  const step = fc.oneof(
    fc.record({ push: fc.string({ maxLength: 40 }) }),
    fc.record({ take: fc.nat(6), back: fc.boolean() }),
  )

  test('take no more room than there is, stay in order, and are counted when they go', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const queue = new EventQueue(300)
        let pushed = 0
        let taken = 0
        let last = 0
        for (const one of steps) {
          if ('push' in one) {
            pushed += 1
            queue.push({ number: String(pushed), text: one.push })
          } else {
            const events = queue.take(one.take)
            const numbers = events.map(({ number }) => Number(number))
            expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
            if (one.back) queue.putBack(events)
            else {
              taken += events.length
              if (numbers.length > 0) expect(numbers[0]).toBeGreaterThan(last)
              last = numbers.at(-1) ?? last
            }
          }
          expect(queue.length + taken + queue.shed).toBe(pushed)
        }
        expect(JSON.stringify(queue.take(1_000)).length).toBeLessThan(300 + 1_000)
      }),
      { numRuns: 200 },
    )
  })

  test('hold what is read of them, and no secret', () => {
    const [event] = eventsIn('esl-click-to-dial.txt')
    const secrets = { 'VM-User-Password': '4711', variable_sip_auth_password: 'x' }
    const told = read({ ...event!, ...secrets })
    expect(told).toMatchObject({ 'Event-Name': 'CHANNEL_ANSWER', 'Channel-Presence-ID': '1001@example.com' })
    expect(Object.keys(told).length).toBeLessThan(60)
    expect(JSON.stringify(told)).not.toMatch(/4711|Password/i)
  })
})

describe('a database that does not take events', () => {
  const answer = (number: number) => ({
    'Event-Name': 'CHANNEL_ANSWER',
    'Core-UUID': 'a55c6725-a94e-4c90-8f87-06eec1910df1',
    'Event-Sequence': String(number),
    'Caller-Caller-ID-Name': String(number),
  })

  /** Stores the numbers of events, unless it throws what `failure` gives. */
  function writerOn(failure: (numbers: readonly number[]) => object | undefined) {
    const stored: number[] = []
    const run = async ({ text, values }: Statement): Promise<ResultRow[]> => {
      if (!text.includes('call_timeline')) return []
      const rows = JSON.parse(values[0] as string) as { id: string; caller_id_name: string }[]
      const numbers = rows.map(({ caller_id_name }) => Number(caller_id_name))
      const error = failure(numbers)
      if (error) throw Object.assign(new Error('no'), error)
      stored.push(...numbers)
      return rows.map(({ id }) => [id])
    }
    const connection = { run } as unknown as Database
    const database: Database = { ...connection, transaction: (work) => work(connection) }
    const queue = new EventQueue(100_000)
    const writer = new EventWriter('switch1', database, queue, { warn: () => {} })
    for (let number = 1; number <= 5; number += 1) queue.push(answer(number))
    writer.wake()
    return { stored, writer }
  }

  test('for a while gets all of them in order when it is back', async () => {
    let times = 0
    const { stored, writer } = writerOn(() => (times++ < 2 ? { code: 'ECONNREFUSED' } : undefined))
    await vi.waitFor(() => expect(stored).toEqual([1, 2, 3, 4, 5]), { timeout: 20_000 })
    expect([writer.stored, writer.refused]).toEqual([5, 0])
    await writer.close()
  })

  test('because one of them is wrong gets the others', async () => {
    const wrong = { severity: 'ERROR', code: '22P02' }
    const { stored, writer } = writerOn((numbers) => (numbers.includes(3) ? wrong : undefined))
    await vi.waitFor(() => expect(writer.refused).toBe(1), { timeout: 20_000 })
    await writer.close()
    expect(stored).toEqual([1, 2, 4, 5])
  })
})

describe('a listing of a mailbox', () => {
  const message = (name: string) =>
    ` <message>\n  <created_epoch>1</created_epoch>\n  <read_epoch>0</read_epoch>\n  <username>1001</username>\n  <domain>a</domain>\n  <folder>inbox</folder>\n  <path>/p</path>\n  <uuid>u</uuid>\n  <cid-name>${name}</cid-name>\n  <cid-number>42</cid-number>\n  <message-len>3</message-len>\n </message>\n`
  const listing = (...names: string[]) => `<voicemail>\n${names.map(message).join('')}</voicemail>\n`

  test('is read whatever callers are called, and is none when a part of it is missing', () => {
    expect(readListing(listing())).toEqual([])
    const name = fc.string().map((text) => text.replace(/[\r\n]/g, ''))
    fc.assert(
      fc.property(name, (called) => {
        expect(readListing(listing('x', called))?.map(({ callerName }) => callerName)).toEqual(['x', called])
      }),
    )
    expect(readListing(listing('x').slice(0, -20))).toBeUndefined()
    expect(readListing('-ERR no reply')).toBeUndefined()
    expect(readListing('')).toBeUndefined()
  })

  test('with a message of a caller’s making in it is none', () => {
    const forged = `a</cid-name>\n  <cid-number>1</cid-number>\n </message>\n${message('b')}<message>`
    expect(readListing(listing(forged))).toBeUndefined()
  })
})

describe('the file of a message', () => {
  const BOX = 'voicemail/default/acme.example/1001'
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(SCRATCH, 'pbx-api-storage-'))
    await mkdir(join(root, 'storage', BOX), { recursive: true })
    await mkdir(join(root, 'outside/acme.example/1001'), { recursive: true })
    await writeFile(join(root, 'storage', BOX, 'msg_1.wav'), 'x')
    await writeFile(join(root, 'outside/acme.example/1001/msg_1.wav'), 'x')
    await symlink(join(root, 'outside/acme.example/1001/msg_1.wav'), join(root, 'storage', BOX, 'msg_2.wav'))
    await symlink(join(root, 'outside'), join(root, 'storage/link'))
  })
  afterAll(() => rm(root, { recursive: true, force: true }))

  const opened = async (path: string, mailbox = '1001@acme.example', name = 'switch1') => {
    const folders = [{ switchName: 'switch1', there: '/fs', here: join(root, 'storage') }]
    const file = await openMessage(folders, name, mailbox, path)
    file?.destroy()
    return file !== undefined
  }

  test('is opened in its own mailbox, and nothing is anywhere else', async () => {
    expect(await opened(`/fs/${BOX}/msg_1.wav`)).toBe(true)
    const others = [
      `/fs/${BOX}/msg_2.wav`,
      `/fs/${BOX}/msg_3.wav`,
      `/fs/${BOX}`,
      '/fs/link/acme.example/1001/msg_1.wav',
      `/fs/../outside/acme.example/1001/msg_1.wav`,
      `/elsewhere/${BOX}/msg_1.wav`,
      `${BOX}/msg_1.wav`,
      `/fs/${BOX}/msg_1.wav\0`,
    ]
    for (const path of others) expect([path, await opened(path)]).toEqual([path, false])
    expect(await opened(`/fs/${BOX}/msg_1.wav`, '1002@acme.example')).toBe(false)
    expect(await opened(`/fs/${BOX}/msg_1.wav`, '1001@rival.example')).toBe(false)
    expect(await opened(`/fs/${BOX}/msg_1.wav`, '1001@acme.example', 'switch2')).toBe(false)
  })
})
