/** A folder of files: what is written is whole or not there, and nothing leaves the folder. */
import { lstat, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { localStore } from '../../src/media/local-store.ts'
import { FileTooLarge } from '../../src/media/store.ts'
import { SCRATCH } from '../support/scratch.ts'

const TENANT = '0190a9a0-0000-7000-8000-000000000001'
const FOLDER = { tenant: TENANT, resource: 'recordings' }

let parent: string
let root: string
beforeAll(async () => {
  parent = await mkdtemp(join(SCRATCH, 'pbx-api-store-'))
  root = join(parent, 'not', 'there', 'yet')
})
afterEach(() => rm(join(parent, 'not'), { recursive: true, force: true }))
afterAll(() => rm(parent, { recursive: true, force: true }))

const receive = (...chunks: (string | Buffer)[]) =>
  localStore(root).receive(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), 100)

const stored = async () => {
  const names: string[] = []
  for await (const { storedAs } of localStore(root).list()) names.push(storedAs)
  return names
}

it('a root that is not there is empty, and made when a file comes', async () => {
  const store = localStore(root)
  expect(await stored()).toEqual([])
  await store.removeDrafts(new Date())
  expect(await store.open(`${TENANT}/recordings/${TENANT}.wav`)).toBe(undefined)
  await store.remove(`${TENANT}/recordings/${TENANT}.wav`)
  const draft = await receive('he', 'llo')
  expect(draft).toMatchObject({
    size: 5,
    digest: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
  })
  const storedAs = await draft.keep(FOLDER, 'wav')
  expect(storedAs).toMatch(new RegExp(`^${TENANT}/recordings/[0-9a-f-]{36}\\.wav$`))
  expect(await stored()).toEqual([storedAs])
  expect((await buffer((await store.open(storedAs))!)).toString()).toBe('hello')
  expect((await buffer((await store.open(storedAs, { start: 1, end: 3 }))!)).toString()).toBe('ell')
  await store.remove(storedAs)
  expect(await stored()).toEqual([])
})

it('nobody else on the machine reads it', async () => {
  const storedAs = await (await receive('x')).keep({ tenant: null, resource: 'recordings' }, 'mp3')
  expect(storedAs.startsWith('shared/')).toBe(true)
  const mode = async (path: string) => (await lstat(join(root, path))).mode & 0o777 & ~0o640
  expect(await mode(storedAs)).toBe(0)
  for (const folder of ['', 'shared', 'shared/recordings', '.incoming']) {
    expect((await lstat(join(root, folder))).mode & 0o027, folder).toBe(0)
  }
})

it('a draft that is kept again, as by a transaction that runs again, has one name', async () => {
  const draft = await receive('x')
  const first = await draft.keep(FOLDER, 'wav')
  const second = await draft.keep({ tenant: null, resource: 'recordings' }, 'wav')
  expect(second).not.toBe(first)
  expect(await stored()).toEqual([second])
  await draft.discard()
  await draft.discard()
  expect(await stored()).toEqual([])
})

it('of what is too large, or breaks off, nothing stays', async () => {
  await expect(receive(Buffer.alloc(60), Buffer.alloc(41))).rejects.toThrow(FileTooLarge)
  await receive(Buffer.alloc(60), Buffer.alloc(40)).then((draft) => draft.discard())
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from('some')
      throw new Error('gone')
    })(),
  )
  await expect(localStore(root).receive(broken, 100)).rejects.toThrow('gone')
  expect(await readdir(join(root, '.incoming'))).toEqual([])
})

it('drafts that were forgotten go when they are old', async () => {
  await receive('x')
  const store = localStore(root)
  await store.removeDrafts(new Date(Date.now() - 1000))
  expect(await readdir(join(root, '.incoming'))).toHaveLength(1)
  await store.removeDrafts(new Date(Date.now() + 1000))
  expect(await readdir(join(root, '.incoming'))).toEqual([])
})

it.each([
  '../secret.wav',
  '/etc/passwd',
  '',
  `${TENANT}/../../secret.wav`,
  `${TENANT}/recordings/../../../x.wav`,
  `.incoming/${TENANT}`,
  `${TENANT}/recordings/${TENANT}.exe`,
  `${TENANT}/recordings/${TENANT}.wav\n`,
  `${TENANT}/recordings/${TENANT}.wav\0`,
])('%j is no name of its own and is refused', async (name) => {
  const store = localStore(root)
  await expect(store.open(name)).rejects.toThrow(/no name of a stored file/)
  await expect(store.remove(name)).rejects.toThrow(/no name of a stored file/)
  await expect((await receive('x')).keep({ tenant: '../..', resource: 'x' }, 'wav')).rejects.toThrow(/no name/)
})

it('links are not followed, and other files are left alone', async () => {
  const storedAs = await (await receive('mine')).keep(FOLDER, 'wav')
  const outside = join(parent, 'secret')
  await writeFile(outside, 'secret')
  const link = `${TENANT}/recordings/${TENANT}.wav`
  await symlink(outside, join(root, link))
  await writeFile(join(root, 'README'), 'ours')
  await writeFile(join(root, TENANT, 'recordings', 'notes.txt'), 'ours')
  expect(await localStore(root).open(link)).toBe(undefined)
  expect((await stored()).sort()).toEqual([storedAs, link].sort())
  await localStore(root).remove(link)
  expect((await lstat(outside)).isFile()).toBe(true)
})
