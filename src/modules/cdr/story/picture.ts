/** The story of a call as a picture: a lane for each leg, and in it when it rang, talked, was held or was elsewhere. */
import type { CustomSeriesRenderItem } from 'echarts'
import { COLORS, draw, FONT, legendAt, plain, titles } from '../picture.ts'
import type { Step, StepType, Story } from './shape.ts'
import { spoken } from './words.ts'

const WIDTH = 960
const LANE = 56
const ABOVE = 112
const BELOW = 62
const LEFT = 210
const RIGHT = 30
/** A call has few legs; a ring group of hundreds is shown in part, and told whole. */
const MOST_LANES = 40

const KINDS = {
  ringing: { color: COLORS.orange, steps: ['ringing'] },
  talking: { color: COLORS.green, steps: ['talked', 'resumed'] },
  'on hold': { color: COLORS.grey, steps: ['held'] },
  'with the switch': {
    color: COLORS.violet,
    steps: ['voicemail', 'queued', 'menu', 'conference', 'parked', 'played'],
  },
} as const satisfies Record<string, { color: string; steps: readonly StepType[] }>

const EVENT = 'event'
const MOMENTS: readonly StepType[] = ['transferred', 'recorded', 'agent', 'pressed', 'failed', 'left', 'hung_up']

/** What a bar whose colour does not tell it says before its length. */
const WORDS: Readonly<Partial<Record<StepType, string>>> = {
  voicemail: 'voicemail ',
  queued: 'queue ',
  menu: 'menu ',
  conference: 'conference ',
  parked: 'parked ',
  played: 'announcement ',
}

type Box = readonly [lane: number, from: number, to: number, text: string]

export function drawStory(story: Story): Promise<string> {
  const legs = story.legs.slice(0, MOST_LANES)
  const lanes = new Map(legs.map((leg, index) => [leg.uuid, index]))
  const end = endOf(story)
  const title = `Call of ${story.started.slice(0, 10)}, ${story.started.slice(11, 19)} UTC`
  const label = { color: COLORS.quiet, fontSize: 12, fontFamily: FONT }
  const line = { lineStyle: { color: COLORS.axis } }
  return draw({
    width: WIDTH,
    height: ABOVE + Math.max(1, legs.length) * LANE + BELOW,
    title,
    description: story.steps.map((step) => `${step.offset} s: ${plain(step.text)}.`).join(' '),
    chart: {
      title: titles(title, summaryOf(story), WIDTH),
      legend: { ...legendAt(70, RIGHT - 4), data: [...Object.keys(KINDS), { name: EVENT, icon: 'diamond' }] },
      grid: { left: LEFT, right: RIGHT, top: ABOVE, bottom: BELOW },
      xAxis: {
        type: 'value',
        min: 0,
        max: end,
        interval: intervalOf(end),
        name: 'Time since the call began (minutes:seconds)',
        nameLocation: 'middle',
        nameGap: 34,
        nameTextStyle: { ...label, fontSize: 13 },
        axisLabel: { ...label, formatter: clock, showMaxLabel: false, hideOverlap: true },
        axisLine: { show: true, ...line },
        axisTick: { show: true, ...line },
        splitLine: { showMaxLine: false, lineStyle: { color: COLORS.grid } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: legs.map((leg, index) => `${index + 1}  ${nameOf(leg)}`),
        axisLabel: { ...label, color: COLORS.text, fontSize: 13, interval: 0, width: LEFT - 50, overflow: 'truncate' },
        axisLine: line,
        axisTick: { show: false },
        splitLine: { show: false },
      },
      series: [
        ...Object.entries(KINDS).map(([name, { color, steps }]) => ({
          ...series(name, color, bar(color)),
          data: story.steps.filter(({ type }) => among(steps, type)).flatMap((step) => boxes(step, lanes, end)),
        })),
        {
          ...series(EVENT, COLORS.text, mark),
          data: story.steps.filter(({ type }) => among(MOMENTS, type)).flatMap((step) => boxes(step, lanes, end)),
        },
      ],
    },
  })
}

const among = (types: readonly StepType[], type: StepType) => types.includes(type)

const series = (name: string, color: string, renderItem: CustomSeriesRenderItem) => ({
  name,
  type: 'custom',
  silent: true,
  itemStyle: { color },
  encode: { x: [1, 2], y: 0 },
  renderItem,
})

/** A step in the lanes of the legs it is of. What is not over goes on to the end of the picture. */
function boxes(
  { leg, other_leg, offset, duration, type }: Step,
  lanes: ReadonlyMap<string, number>,
  end: number,
): Box[] {
  const moment = MOMENTS.includes(type)
  const to = moment ? offset : duration === null ? end : offset + duration
  return [leg, other_leg].flatMap((uuid): Box[] => {
    const lane = uuid === null ? undefined : lanes.get(uuid)
    return lane === undefined ? [] : [[lane, offset, to, `${WORDS[type] ?? ''}${spoken(to - offset)}`]]
  })
}

/** A bar with its length in it, where that has room. */
const bar =
  (fill: string): CustomSeriesRenderItem =>
  (_parameters, api) => {
    const [from, to] = [api.value(1), api.value(2)].map((value) => api.coord([value!, api.value(0)]))
    const shape = { x: from![0]!, y: from![1]! - 13, width: Math.max(2, to![0]! - from![0]!), height: 26, r: 3 }
    const text = String(api.value(3))
    const rectangle = { type: 'rect' as const, shape, style: { fill, stroke: COLORS.ground, lineWidth: 1 } }
    if (shape.width < text.length * 8 + 12) return rectangle
    const style = {
      text,
      x: shape.x + shape.width / 2,
      y: shape.y + 13,
      align: 'center',
      verticalAlign: 'middle',
    } as const
    const words = { type: 'text' as const, style: { ...style, fill: COLORS.onBar, font: `600 12px ${FONT}` } }
    return { type: 'group', children: [rectangle, words] }
  }

/** A moment: a diamond on the lane's lower edge, where it covers no length. */
const mark: CustomSeriesRenderItem = (_parameters, api) => {
  const [x, y] = api.coord([api.value(1), api.value(0)]) as [number, number]
  const points = [
    [x, y + 13],
    [x + 5, y + 19],
    [x, y + 25],
    [x - 5, y + 19],
  ]
  return { type: 'polygon', shape: { points }, style: { fill: COLORS.text } }
}

function nameOf({ name, number, direction }: Story['legs'][number]): string {
  const [shown, digits] = [plain(name ?? '', 60), plain(number ?? '', 40)]
  if (shown && digits && shown !== digits) return `${digits} ${shown}`
  return digits || shown || (direction === 'outbound' ? 'called party' : 'caller')
}

/** Who called whom in the end, and how long it took. */
function summaryOf({ steps, duration }: Story): string {
  const called = steps.findLast((step) => step.type === 'called')
  const length = duration === null ? 'not over yet' : spoken(duration)
  return called ? `${plain(called.text, 90)}; ${length}` : length
}

/** The last thing that is told, and never nothing, or there would be no axis. */
const endOf = ({ duration, steps }: Story): number =>
  Math.max(duration ?? 0, ...steps.map((step) => step.offset + (step.duration ?? 0)), 1)

/** A tick at round times, no more than eight. */
function intervalOf(end: number): number {
  const round = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600]
  return round.find((seconds) => end / seconds <= 8) ?? Math.ceil(end / 8)
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const [minutes, rest] = [Math.floor(whole / 60), whole % 60]
  return `${minutes}:${String(rest).padStart(2, '0')}`
}
