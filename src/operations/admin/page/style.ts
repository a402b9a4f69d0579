/** The style of all pages. Each colour stands here twice: for light and for dark. */
export const style = `
:root{color-scheme:light dark;--paper:light-dark(#f7f2ea,#161312);--card:light-dark(#fffdf9,#201c1a);--sunken:light-dark(#f3ece1,#2a2522);--ink:light-dark(#241d1a,#f1e9df);--soft:light-dark(#665b54,#b5a99f);--line:light-dark(#e3d8c9,#3a332f);--edge:light-dark(#948679,#7d7269);--accent:light-dark(#8f2d3f,#f0a3ae);--accent-ink:light-dark(#fff8f2,#2b0f14);--good:light-dark(#e3efe4,#1f3226);--good-ink:light-dark(#1d4a2c,#bfe3c8);--warn:light-dark(#f9e8cf,#3a2c14);--warn-ink:light-dark(#6b4200,#f3d3a0);--serif:"Iowan Old Style","Palatino Linotype",Palatino,"URW Palladio L",P052,Georgia,"Liberation Serif",serif;--sans:-apple-system,"Segoe UI",Roboto,Inter,"Noto Sans","Liberation Sans",Arial,sans-serif;--mono:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace}
*,::before,::after{box-sizing:border-box}
html{font:100%/1.55 var(--sans);color:var(--ink);background:var(--paper);text-size-adjust:100%}
body{max-width:66rem;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem) 3rem;overflow-wrap:anywhere}
h1,h2{margin:0;font-family:var(--serif);font-weight:600;line-height:1.15;text-wrap:balance}
h1{font-size:clamp(2rem,1.4rem + 2.6vw,3rem);letter-spacing:-.02em}
h2{font-size:1.5rem}
p,ul,dl,dd{margin:0;padding:0}
ul{list-style:none}
a{color:var(--accent)}
code{font:.9em var(--mono)}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button,input[type=text]{min-height:2.75rem;padding:.5rem 1.1rem;font:inherit;color:var(--ink);background:var(--card);border:1px solid var(--edge);border-radius:.6rem}
button{font-weight:600;cursor:pointer}
button:hover{background:var(--sunken)}
button.primary{color:var(--accent-ink);background:var(--accent);border-color:var(--accent)}
button.primary:hover{background:color-mix(in oklab,var(--accent),var(--ink) 15%)}
header{padding:1.25rem 0}
main{display:grid;gap:1.5rem}
main>*{min-width:0}
.lead,.soft,small{color:var(--soft)}
.lead{max-width:38rem;margin-top:.75rem;font-size:1.175rem}
.hero{padding:1.5rem 0 .5rem}
.card{display:grid;gap:1rem;align-content:start;padding:clamp(1.25rem,3vw,1.75rem);background:var(--card);border:1px solid var(--line);border-radius:1rem}
.card>*{min-width:0}
.note{padding:.75rem 1rem;font-weight:600;color:var(--good-ink);background:var(--good);border-radius:.7rem}
.badge{padding:.1rem .55rem;font-size:.8rem;font-weight:600;color:var(--good-ink);background:var(--good);white-space:nowrap;border-radius:1rem}
.list li{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center;justify-content:space-between;padding:.9rem 0}
.list li+li{border-top:1px solid var(--line)}
.list li>div{flex:1 1 16rem;min-width:0}
.list p{font-size:.9rem;color:var(--soft)}
h3{margin:0;font-size:1.05rem}
.big{font:600 2.5rem/1 var(--serif);font-variant-numeric:lining-nums tabular-nums}
.badge.warn{color:var(--warn-ink);background:var(--warn)}
.advice{display:grid;gap:.5rem}
.advice li{padding:.6rem .9rem;color:var(--warn-ink);background:var(--warn);border-radius:.6rem}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(8.5rem,100%),1fr));gap:.75rem 1.5rem}
.facts dt{font-size:.9rem;color:var(--soft)}
.facts dd{font-weight:600;font-variant-numeric:lining-nums tabular-nums}
figure{margin:0}
svg{display:block;width:100%;min-width:36rem;height:auto}
svg text{font:11px var(--sans);fill:var(--soft)}
svg line{stroke:var(--edge)}
rect.created{fill:var(--accent)}
rect.ended{fill:var(--edge)}
.key::before{content:"";display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;border-radius:.2rem;background:var(--accent)}
.key.ended::before{background:var(--edge)}
.key{margin-right:1rem}
.wide{overflow-x:auto;overflow-wrap:normal}
table{width:100%;border-collapse:collapse;font-variant-numeric:lining-nums tabular-nums}
th,td{padding:.4rem 1rem .4rem 0;text-align:left;vertical-align:top;border-top:1px solid var(--line)}
input[type=text]{flex:1 1 14rem;min-width:0;padding:.5rem .9rem}
label{font-weight:600}
.row{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}
@media(prefers-reduced-motion:no-preference){@view-transition{navigation:auto}}
`;
