// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
/** The files that a fresh switch starts with: they are well-formed, hang together, and ask at the paths there are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { BlockList } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { all, treeOf } from '../support/xml-tree.ts'

const FOLDER = join(import.meta.dirname, '../../deploy/freeswitch')
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8')
const files = readdirSync(FOLDER, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.xml'))

/** Directives of the switch's preprocessor, each with its data. */
const directives = (file: string, command: string) =>
  all(treeOf(read(file)), 'X-PRE-PROCESS')
    .filter(({ attributes }) => attributes.cmd === command)
    .map(({ attributes }) => attributes.data!)

const parameters = (file: string) =>
  all(treeOf(read(`autoload_configs/${file}`)), 'param').map(({ attributes }) => [attributes.name!, attributes.value!])

test('each is well-formed', () => {
  expect(files.toSorted()).toEqual([
    'autoload_configs/event_socket.conf.xml',
    'autoload_configs/modules.conf.xml',
    'autoload_configs/xml_cdr.conf.xml',
    'autoload_configs/xml_curl.conf.xml',
    'freeswitch.xml',
    'vars.xml',
  ])
  for (const file of files) expect(() => treeOf(read(file)), file).not.toThrow()
})

test('the first includes all others, and only what is there', () => {
  const included = directives('freeswitch.xml', 'include').filter((path) => !path.includes('*'))
  for (const path of included) expect(existsSync(join(FOLDER, path)), path).toBe(true)
  expect(included.toSorted()).toEqual(files.filter((file) => file !== 'freeswitch.xml').toSorted())
})

test('variables that are used are set, or the own ones of every switch', () => {
  const own = ['sounds_dir', 'log_dir']
  const set = directives('vars.xml', 'set').map((data) => data.split('=')[0])
  for (const file of files) {
    for (const [, name] of read(file).matchAll(/\$\$\{(\w+)\}/g)) expect([...own, ...set], file).toContain(name)
  }
})

test('the event socket lets in its own machine and private networks, in one list: of several each must let in', () => {
  const lists = parameters('event_socket.conf.xml').filter(([name]) => name === 'apply-inbound-acl')
  expect(lists).toHaveLength(1)
  const networks = new BlockList()
  for (const network of lists[0]![1]!.split(',')) {
    const [address, bits] = network.split('/')
    networks.addSubnet(address!, Number(bits))
  }
  for (const address of ['127.0.0.1', '10.1.2.3', '172.18.0.1', '192.168.1.2'])
    expect(networks.check(address)).toBe(true)
  for (const address of ['8.8.8.8', '172.32.0.1']) expect(networks.check(address)).toBe(false)
})

test('two servers are asked in turn, for all sections, with time-outs and credentials', () => {
  const bindings = all(treeOf(read('autoload_configs/xml_curl.conf.xml')), 'binding')
  expect(bindings).toHaveLength(2)
  for (const [index, binding] of bindings.entries()) {
    const [url] = all(binding, 'param').filter(({ attributes }) => attributes.name === 'gateway-url')
    expect(url!.attributes).toMatchObject({
      value: `$\${pbx_api_${index + 1}}/xmlhandler/`,
      bindings: 'configuration|directory|dialplan|languages',
    })
    const named = Object.fromEntries(all(binding, 'param').map(({ attributes }) => [attributes.name, attributes.value]))
    expect(named).toMatchObject({ 'gateway-credentials': '$${pbx_api_credentials}', timeout: '3' })
  }
})

test('call records are sent as they are taken in, and kept where they cannot be', () => {
  expect(Object.fromEntries(parameters('xml_cdr.conf.xml'))).toMatchObject({
    url: '$${pbx_api_1}/xmlcdr/',
    encode: 'true',
    'prefix-a-leg': 'true',
    'err-log-dir': '$${log_dir}/xml_cdr',
  })
})

test("the compose file's profile mounts them", () => {
  const compose = readFileSync(join(FOLDER, '../../docker-compose.yml'), 'utf8')
  for (const path of ['freeswitch.xml', 'vars.xml', 'autoload_configs']) {
    expect(compose).toContain(`./deploy/freeswitch/${path}:/etc/freeswitch/${path}:ro`)
  }
})
