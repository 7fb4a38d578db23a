import { everything } from '../../../rest/access.ts'
import { resource } from '../../../rest/resource.ts'
import { refuseSecond } from '../only-one.ts'
import { hostnameError, nameError, textErrors, valueError } from '../switch-texts.ts'

/** What `$${name}` in the configuration of switches stands for: on one switch, or on all. */
export const switchVariables = resource('SwitchVariable', {
  path: 'switch_variables',
  order: ['category', 'name'],
  search: ['category', 'name', 'value', 'hostname', 'description'],
  access: { admin_api: everything },
  refuse: ({ values, before }) =>
    textErrors(values, before, { name: nameError, value: valueError, hostname: hostnameError }),
  within: {
    create: (row, { tx }) => refuseSecond(tx, 'SwitchVariable', row, ['hostname', 'name']),
    async update(row, before, { tx }) {
      if (row.name === before.name && row.hostname === before.hostname) return
      await refuseSecond(tx, 'SwitchVariable', row, ['hostname', 'name'])
    },
  },
})
