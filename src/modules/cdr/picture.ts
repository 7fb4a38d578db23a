/**
 * Pictures of what the API tells: SVG documents that a browser shows by themselves or in a page, in light and in dark,
 * and that say in words what they show. ECharts draws them; it is loaded with the first picture anybody asks for.
 */
import type { EChartsCoreOption } from 'echarts/core'

export interface Picture {
  readonly width: number
  readonly height: number
  readonly title: string
  /** What the picture shows, in words, for those who do not see it. */
  readonly description: string
  readonly chart: EChartsCoreOption
}

/** A colour on light ground and on dark. No two have the same light one: that is what they are known by. */
interface Shade {
  readonly light: string
  readonly dark: string
}

/** Text is told from its ground by 7:1 or more, in a bar by 4.5:1; areas and axes by 3:1. */
export const SHADES = {
  ground: { light: '#ffffff', dark: '#14181f' },
  text: { light: '#1c2430', dark: '#e9edf2' },
  quiet: { light: '#4b5563', dark: '#b6c0cc' },
  axis: { light: '#808b99', dark: '#7b8794' },
  onBar: { light: '#fffffe', dark: '#0b0e13' },
  grid: { light: '#e3e7ec', dark: '#2b323c' },
  green: { light: '#147a53', dark: '#2fb987' },
  orange: { light: '#c2410c', dark: '#f98b52' },
  grey: { light: '#66717f', dark: '#929eac' },
  violet: { light: '#8a4fd0', dark: '#b78bf2' },
} as const satisfies Record<string, Shade>

/** The colours of pictures by name, as charts are given them. */
export const COLORS = Object.fromEntries(Object.entries(SHADES).map(([name, { light }]) => [name, light])) as Readonly<
  Record<keyof typeof SHADES, string>
>

export const FONT = 'system-ui, sans-serif'

/** Draws a picture as an SVG document. */
export async function draw({ width, height, title, description, chart }: Picture): Promise<string> {
  const { init } = await library()
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    drawn.setOption({ animation: false, backgroundColor: COLORS.ground, textStyle: { fontFamily: FONT }, ...chart })
    return described(drawn.renderToSVGString(), title, description)
  } finally {
    drawn.dispose()
  }
}

/** A text that can stand in an XML document and in a line: no control characters, nor such as turn the line about. */
export function plain(text: string, longest = 200): string {
  const cleaned = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '')
    .trim()
  const characters = [...cleaned]
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : cleaned
}

/** What a title and the line below it look like, in any chart; longer text ends in dots. */
export const titles = (text: string, subtext: string, width: number) => ({
  text,
  subtext,
  left: 16,
  top: 10,
  itemGap: 6,
  borderColor: COLORS.ground,
  textStyle: { color: COLORS.text, fontSize: 17, fontWeight: 600, width: width - 32, overflow: 'truncate' },
  subtextStyle: { color: COLORS.quiet, fontSize: 13, width: width - 32, overflow: 'truncate' },
})

/** What a legend looks like, in any chart, with its top and its distance from the right. */
export const legendAt = (top: number, right: number) => ({
  top,
  right,
  itemGap: 22,
  borderColor: COLORS.ground,
  textStyle: { color: COLORS.text, fontSize: 13 },
  selectedMode: false,
})

async function load() {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ])
  const { GridComponent, LegendComponent, TitleComponent } = components
  core.use([charts.BarChart, charts.CustomChart, GridComponent, LegendComponent, TitleComponent, renderers.SVGRenderer])
  return core
}

let loading: ReturnType<typeof load> | undefined

function library(): ReturnType<typeof load> {
  loading ??= load()
  return loading
}

// A colour stands in the picture as an attribute, which any rule of a style sheet goes before.
const DARK = Object.values(SHADES)
  .flatMap(({ light, dark }) => ['fill', 'stroke'].map((part) => `[${part}="${light}"]{${part}:${dark}}`))
  .join('')
const STYLE = `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${DARK}}</style>`

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)

function described(svg: string, title: string, description: string): string {
  const words = `<title id="picture-title">${escaped(title)}</title><desc id="picture-desc">${escaped(description)}</desc>`
  // What happens below a pointer is of no use in a picture.
  const still = svg.replace(/<style >.*?<\/style>\n?/s, '').replaceAll(/ class="zr[^"]*"/g, '')
  return still.replace(
    /^<svg ([^>]*)>/,
    (_all, attributes: string) =>
      `<svg role="img" aria-labelledby="picture-title picture-desc" ${attributes}>${words}${STYLE}`,
  )
}
