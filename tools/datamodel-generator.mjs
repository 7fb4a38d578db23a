// A Prisma generator: writes what the server needs to know of the schema at run time, which the generated
// client no longer holds (lengths, defaults, unique sets, relations and the /// comments), to datamodel.json.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import helper from '@prisma/generator-helper'

const field = (f) => ({
  name: f.name,
  kind: f.kind,
  type: f.type,
  ...(f.isList && { list: true }),
  ...(f.isRequired || { nullable: true }),
  ...(f.isId && { id: true }),
  ...(f.isUnique && { unique: true }),
  ...(f.hasDefaultValue && { default: f.default }),
  ...(f.nativeType && { native: f.nativeType }),
  ...(f.relationFromFields?.length && { from: f.relationFromFields, to: f.relationToFields }),
  ...(f.relationOnDelete && { onDelete: f.relationOnDelete }),
  ...(f.documentation && { documentation: f.documentation }),
})

helper.generatorHandler({
  onManifest: () => ({ prettyName: 'datamodel', defaultOutput: './generated' }),
  onGenerate: async ({ dmmf, generator }) => {
    const models = dmmf.datamodel.models.map((m) => ({
      name: m.name,
      table: m.dbName ?? m.name,
      ...(m.documentation && { documentation: m.documentation }),
      unique: m.uniqueFields,
      primaryKey: m.primaryKey?.fields ?? null,
      fields: m.fields.map(field),
    }))
    mkdirSync(generator.output.value, { recursive: true })
    writeFileSync(join(generator.output.value, 'datamodel.json'), `${JSON.stringify({ models }, null, 1)}\n`)
  },
})
