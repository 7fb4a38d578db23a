/** The ceiling for an answer of the directory: a file of the same size, served by the same Fastify, and nothing else. */

import fastifyStatic from '@fastify/static'
import fastify from 'fastify'

const { PORT, ROOT } = process.env

const app = fastify()
await app.register(fastifyStatic, { root: ROOT!, cacheControl: false })
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
