import type { Figure, FigureSize } from './figure.js';

const WIDTHS: Readonly<Record<FigureSize, number>> = { wide: 620, narrow: 340 };

type Echarts = typeof import('echarts/core');

let loaded: Promise<Echarts> | undefined;

/** ECharts with the parts that the figures need; loaded when the first figure is drawn. */
async function loadEcharts(): Promise<Echarts> {
  const [core, charts, components, renderers] = await Promise.all([
    import('echarts/core'),
    import('echarts/charts'),
    import('echarts/components'),
    import('echarts/renderers'),
  ]);
  core.use([
    charts.CustomChart,
    charts.LineChart,
    charts.SankeyChart,
    components.GridComponent,
    renderers.SVGRenderer,
  ]);
  return core;
}

/**
 * Draws a figure as SVG: without styles or scripts in it, so that a page can forbid both, and with `data-mark`, the
 * number of its mark, at each part that can be chosen.
 */
export async function drawFigure(figure: Figure, size: FigureSize): Promise<string> {
  loaded ??= loadEcharts();
  const echarts = await loaded;
  const { height, option } = figure.draw(size);
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTHS[size], height });
  try {
    chart.setOption({ animation: false, ...option });
    return plainSvg(chart.renderToSVGString());
  } finally {
    // an open chart keeps the process alive
    chart.dispose();
  }
}

const CHOOSABLE = / ecmeta_series_index="\d+" ecmeta_data_index="\d+" ecmeta_ssr_type="chart"/g;

function plainSvg(svg: string): string {
  let mark = 0;
  return svg
    .replace(/<style[\s\S]*?<\/style>\n?/g, '')
    .replace(/ class="zr\d+-cls-\d+"/g, '')
    .replace(/ pointer-events="visible"| xmlns:xlink="[^"]*"| version="1.1" baseProfile="full"/g, '')
    .replace(/ style="([^"]*)"/g, (_, style: string) => attributes(style))
    .replace(CHOOSABLE, () => ` data-mark="${mark++}"`)
    .trim();
}

/** Declarations of a style as attributes of their own: `font-size:12px` is ` font-size="12px"`. */
function attributes(style: string): string {
  return style
    .split(';')
    .filter((declaration) => declaration.includes(':'))
    .map((declaration) => {
      const at = declaration.indexOf(':');
      return ` ${declaration.slice(0, at).trim()}="${declaration.slice(at + 1).trim()}"`;
    })
    .join('');
}
