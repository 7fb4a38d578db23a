/** Statistics as a picture: the calls of each hour of the day, one upon the other by how they ended. */
import { COLORS, draw, FONT, legendAt, plain, titles } from '../picture.ts'
import type { HourFigures, Statistics } from './summary.ts'

const WIDTH = 960
const HEIGHT = 440
/** Of a tenant, so that the figures behind it have room. */
const LONGEST_NAME = 48
const TITLE = 'Calls by hour of the day'

export function drawStatistics(statistics: Statistics, timeZone: string): Promise<string> {
  const shares = statistics.hourly.map(sharesOf)
  const label = { color: COLORS.quiet, fontSize: 12, fontFamily: FONT }
  const line = { lineStyle: { color: COLORS.axis } }
  const name = { nameLocation: 'middle', nameTextStyle: { ...label, fontSize: 13 } }
  const bars = (key: keyof Shares, color: string) => ({
    name: key,
    type: 'bar',
    stack: 'calls',
    silent: true,
    barCategoryGap: '28%',
    itemStyle: { color, borderColor: COLORS.ground, borderWidth: 1 },
    // Nothing is no bar, or its edge would cut the axis.
    data: shares.map((share) => share[key] || null),
  })
  return draw({
    width: WIDTH,
    height: HEIGHT,
    title: TITLE,
    description: inWords(statistics, timeZone),
    chart: {
      title: titles(TITLE, `${whose(statistics)}, ${span(statistics)}: ${figures(statistics)}`, WIDTH),
      legend: legendAt(66, 20),
      grid: { left: 68, right: 24, top: 98, bottom: 58 },
      xAxis: {
        ...name,
        type: 'category',
        name: `Hour of the day (${plain(timeZone)})`,
        nameGap: 32,
        axisLabel: { ...label, interval: 0 },
        axisLine: line,
        axisTick: { ...line, alignWithLabel: true },
        data: statistics.hourly.map(({ hour }) => String(hour)),
      },
      yAxis: {
        ...name,
        type: 'value',
        name: 'Calls',
        nameGap: 46,
        minInterval: 1,
        // An empty chart has an axis all the same.
        max: statistics.total_calls === 0 ? 1 : null,
        axisLabel: label,
        splitLine: { lineStyle: { color: COLORS.grid } },
      },
      series: [bars('answered', COLORS.green), bars('missed', COLORS.orange), bars('other', COLORS.grey)],
    },
  })
}

interface Shares {
  readonly answered: number
  readonly missed: number
  readonly other: number
}

/** The calls of an hour in parts that make up the whole; a missed call that was answered after all is shown once. */
function sharesOf({ total, answered, missed }: HourFigures): Shares {
  const rest = Math.max(0, total - answered)
  const shown = Math.min(missed, rest)
  return { answered, missed: shown, other: rest - shown }
}

function whose({ scope, domain, extension }: Statistics): string {
  const of = domain === null ? '' : ` of ${plain(domain, LONGEST_NAME)}`
  if (extension !== null) return `Extension ${plain(extension, 20)}${of}`
  if (domain !== null && scope !== 'extn') return plain(domain, LONGEST_NAME)
  return scope === 'extn' ? `Own extensions${of}` : 'All domains'
}

const clock = (iso: string) => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
const span = ({ hours, to }: Statistics) => `${hours === 1 ? 'the hour' : `${hours} hours`} until ${clock(to)}`
const counted = (count: number) => (count === 1 ? '1 call' : `${count} calls`)
const figures = (statistics: Statistics) =>
  `${counted(statistics.total_calls)}, ${statistics.answered_calls} answered, ${statistics.missed_calls} missed`

function inWords(statistics: Statistics, timeZone: string): string {
  const busy = statistics.hourly.filter(({ total }) => total > 0)
  const hours = busy.map(({ hour, total, answered, missed, minutes }) => {
    return `${hour} o'clock ${counted(total)}, ${answered} answered, ${missed} missed, ${minutes} minutes`
  })
  const byHour = hours.length === 0 ? 'No calls.' : `By hour of the day (${plain(timeZone)}): ${hours.join('; ')}.`
  const ring = `Ringing took ${statistics.average_ring_time} s on average, ${statistics.max_ring_time} s at most.`
  const talk = `Answered calls lasted ${statistics.average_call_duration} s on average, ${statistics.max_call_duration} s at most.`
  return `${whose(statistics)}, ${span(statistics)}: ${figures(statistics)}. ${ring} ${talk} ${byHour}`
}
