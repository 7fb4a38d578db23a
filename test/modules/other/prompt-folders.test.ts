/** Prompts where switches look for them: SWITCH_RECORDINGS_ROOT. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { testWorld, type World } from '../../support/app.ts'
import { wav } from '../../support/audio.ts'
import { SCRATCH } from '../../support/scratch.ts'
import { fieldsOf, fileOf, MULTIPART, multipart } from '../../support/uploads.ts'

let world: World
let roots: string[]
beforeAll(async () => {
  roots = [1, 2].map(() => '')
  for (const index of roots.keys()) roots[index] = await mkdtemp(join(SCRATCH, 'pbx-api-recordings-'))
  await chmod(roots[0]!, 0o2775)
  world = await testWorld({}, undefined, { SWITCH_RECORDINGS_ROOT: roots.join(', ') })
})
afterAll(async () => {
  await world.close()
  for (const root of roots) await rm(root, { recursive: true, force: true })
})

const upload = (token: string, name: string, content: Buffer, method = 'POST', path = 'recordings/') =>
  world.call(
    token,
    method,
    `/api/${path}`,
    multipart([...fieldsOf({ name: 'prompt' }), fileOf(content, name)]),
    MULTIPART,
  )
const placed = (content: Buffer, ...path: string[]) =>
  vi.waitFor(
    async () => {
      for (const root of roots) expect((await readFile(join(root, ...path))).equals(content)).toBe(true)
    },
    { timeout: 10_000, interval: 20 },
  )

describe('an uploaded prompt', () => {
  test('is in the folder of its tenant on every switch, and so is what replaces it', async () => {
    const { json } = await upload(world.acme.minor.token, 'welcome.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'welcome.wav')
    await upload(world.rival.minor.token, 'welcome.wav', wav({ seconds: 2 }))
    await placed(wav({ seconds: 2 }), 'rival.example', 'welcome.wav')
    await placed(wav({ seconds: 1 }), 'acme.example', 'welcome.wav')
    await upload(world.acme.minor.token, 'welcome.wav', wav({ seconds: 3 }), 'PUT', `recordings/${json.id}/`)
    await placed(wav({ seconds: 3 }), 'acme.example', 'welcome.wav')
    for (const root of roots) expect(await readdir(join(root, 'acme.example'))).toEqual(['welcome.wav'])
  })

  test('is whose the folder is, which the switch writes to as well', async () => {
    await upload(world.acme.minor.token, 'mine.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'mine.wav')
    const [root, folder] = [await stat(roots[0]!), await stat(join(roots[0]!, 'acme.example'))]
    expect([folder.mode & 0o7777, folder.uid, folder.gid]).toEqual([0o2775, root.uid, root.gid])
  })

  test('leaves alone what the switch has recorded', async () => {
    const own = join(roots[0]!, 'acme.example', 'archive')
    await mkdir(own, { recursive: true })
    await writeFile(join(own, 'call.wav'), 'a call')
    await upload(world.acme.minor.token, 'again.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'again.wav')
    expect(await readFile(join(own, 'call.wav'), 'utf8')).toBe('a call')
  })

  test('counts where it is the later of two of one name', async () => {
    const first = await upload(world.acme.minor.token, 'twice.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'twice.wav')
    await upload(world.acme.minor.token, 'twice.wav', wav({ seconds: 2 }))
    await placed(wav({ seconds: 2 }), 'acme.example', 'twice.wav')
    await world.call(world.acme.minor.token, 'PATCH', `/api/recordings/${first.json.id}/`, { description: 'again' })
    await placed(wav({ seconds: 1 }), 'acme.example', 'twice.wav')
  })

  test('is noticed though a later one was committed before it', async () => {
    const { json } = await upload(world.acme.minor.token, 'late.wav', wav({ seconds: 1 }))
    await upload(world.acme.minor.token, 'latest.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'latest.wav')
    const past = { filename: 'long-ago.wav', updated: new Date(Date.now() - 60_000) }
    await world.app.prisma.recording.update({ where: { id: json.id }, data: past })
    await world.app.restHost.services.promptFolders.run()
    await placed(wav({ seconds: 1 }), 'acme.example', 'long-ago.wav')
  })

  test('never leaves its folder, whatever a row says its file is called', async () => {
    const { json } = await upload(world.acme.minor.token, 'kept.wav', wav({ seconds: 1 }))
    await placed(wav({ seconds: 1 }), 'acme.example', 'kept.wav')
    const names = ['../outside.wav', '/tmp/outside.wav', '.hidden', 'a/b.wav', '..']
    for (const filename of names) {
      await world.app.prisma.recording.update({ where: { id: json.id }, data: { filename, updated: new Date() } })
      await world.app.restHost.services.promptFolders.run()
    }
    for (const root of roots) {
      expect((await readdir(root)).sort()).toEqual(['acme.example', 'rival.example'])
      expect(await readdir(join(root, 'acme.example'))).not.toContain('.hidden')
    }
  })

  test('is taken when the folder cannot be written, and is there once it can', async () => {
    const [away, other] = roots
    await rename(away!, `${away}-away`)
    expect((await upload(world.acme.minor.token, 'later.wav', wav({ seconds: 1 }))).status).toBe(201)
    await expect(world.app.restHost.services.promptFolders.run()).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await readdir(join(other!, 'acme.example'))).toContain('later.wav')
    await rename(`${away}-away`, away!)
    await world.app.restHost.services.promptFolders.run()
    await placed(wav({ seconds: 1 }), 'acme.example', 'later.wav')
  })
})
