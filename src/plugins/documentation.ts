import plugin from 'fastify-plugin'
export default plugin(async () => {}, { name: 'documentation' })
