/** The rows behind the samples, as far as their answers tell of them. */
import type { FastifyInstance } from 'fastify'
import { sample } from '../../freeswitch/sample.ts'

export const ALPHA = '2968d386-8a86-490e-86de-57bda757d215'
export const BETA = 'f465af77-0fcb-47c9-a274-305fdc639e49'

const ID: Readonly<Record<string, string>> = {
  1001: '59b2fc26-91e1-4493-bf45-f4c757abb738',
  1002: '4fc7905f-7c31-4f5c-add2-6d2882774a54',
  1003: '79f18ccd-6a44-4c12-b48c-b1bdcc7e339d',
}

/** What extension 1003 had, of all options. */
const MANY_OPTIONS = {
  number_alias: '5003',
  cidr: '192.0.2.0/24',
  mwi_account: '1003@alpha.example.com',
  auth_acl: 'lan',
  user_record: 'all',
  hold_music: 'local_stream://default',
  emergency_caller_id_number: '999',
  limit_max: 3,
  sip_force_contact: 'NDLB-connectile-dysfunction',
  absolute_codec_string: 'PCMA',
  forward_all_enabled: true,
  forward_all_destination: '1004',
  do_not_disturb: true,
}

/** The tenants alpha and beta of DjangoPBX, with their extensions. */
export async function addDjangoPbxRows({ prisma }: FastifyInstance): Promise<void> {
  const numbers = (from: number, count: number) => Array.from({ length: count }, (_, index) => String(from + index))
  for (const [id, name, extensions] of [
    [ALPHA, 'alpha.example.com', numbers(1001, 15)],
    [BETA, 'beta.example.com', numbers(2001, 5)],
  ] as const) {
    await prisma.domain.create({ data: { id, name, portal_name: `portal-${name}` } })
    await prisma.extension.createMany({
      data: extensions.map((extension) => ({
        ...(ID[extension] && { id: ID[extension] }),
        domain_id: id,
        extension,
        password: `Pw-${extension}-abc`,
        accountcode: name,
        effective_caller_id_name: `User ${extension}`,
        effective_caller_id_number: extension,
        outbound_caller_id_name: 'Example',
        outbound_caller_id_number: `0123450${extension}`,
        directory_first_name: `First${extension}`,
        directory_last_name: `Last${extension}`,
        user_context: name,
        toll_allow: 'local,domestic',
        call_group: Number(extension) % 2 === 1 ? 'sales' : 'support',
      })),
    })
  }
  const box = { extension_id: ID[1001]!, password: '4321', mail_to: 'user@alpha.example.com' }
  await prisma.voicemail.createMany({ data: [box, { extension_id: ID[1002]!, enabled: false }] })
}

export const giveManyOptions = ({ prisma }: FastifyInstance) =>
  prisma.extension.update({ where: { id: ID[1003]! }, data: MANY_OPTIONS })

/** The entries of the two contexts that were asked for, in their order. */
export async function addDjangoPbxDialplans({ prisma }: FastifyInstance): Promise<void> {
  for (const [context, file] of [
    ['public', '24-dialplan-inbound-route-context-public.xml'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: DjangoPBX's context of all tenants
    ['${domain_name}', '28-dialplan-unknown-context.xml'],
  ] as const) {
    const entries = [
      ...sample(`xmlhandler/${file}`)
        .toString()
        .matchAll(/<extension name="([^"]*)".*?<\/extension>/gs),
    ]
    await prisma.dialplan.createMany({
      data: entries.map(([xml, name], index) => ({
        id: /uuid="([^"]*)"/.exec(xml)![1]!,
        context,
        name: name!,
        xml,
        sequence: 10 * (index + 1),
      })),
    })
  }
}

/** The switch's own two tenants, with as much as its answers of that time had. */
export async function addSwitchRows({ prisma }: FastifyInstance): Promise<void> {
  for (const [name, extensions] of [
    ['example.com', ['1001', '1002', '1003']],
    ['example.net', ['1001', '2001']],
  ] as const) {
    const { id } = await prisma.domain.create({ data: { name, portal_name: `${name}.portal` } })
    for (const extension of extensions) {
      await prisma.extension.create({
        data: {
          domain_id: id,
          extension,
          password: `pw${extension}`,
          accountcode: extension,
          toll_allow: 'domestic,local',
          effective_caller_id_name: `Ext ${extension}`,
          effective_caller_id_number: extension,
          call_timeout: 12,
          call_group: 'default',
          voicemail: { create: { password: `77${extension.slice(2)}` } },
        },
      })
    }
    const [, entries = ''] =
      /<context name="example.com">(.*)<\/context>/s.exec(sample('xmlcurl-dialplan-sip-invite.txt').toString()) ?? []
    const context = name === 'example.com' ? name : 'default'
    await prisma.dialplan.createMany({
      data: [...entries.matchAll(/<extension name="([^"]*)".*?<\/extension>/gs)].map(([xml, called], index) => ({
        context,
        name: called!,
        xml,
        sequence: index + 1,
      })),
    })
  }
}
