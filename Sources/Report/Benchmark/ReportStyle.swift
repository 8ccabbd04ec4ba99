/// How the report's page looks: calm, with the colours of the plots.
enum ReportStyle {
    static let sheet = """

        :root{\(colors(.light))}
        @media (prefers-color-scheme:dark){:root{\(colors(.dark))}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:72rem;background:var(--ground);color:var(--text);
        font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        h1{margin:0;font-size:1.9rem;line-height:1.2;letter-spacing:-.01em}
        h2{margin:3.5rem 0 .75rem;font-size:1.35rem;line-height:1.3}
        h3{margin:2.25rem 0 .5rem;font-size:1.05rem}
        p,dl{max-width:46rem;margin:.5rem 0}
        a{color:inherit;text-underline-offset:.2em;text-decoration-color:var(--axis)}
        a:focus-visible,.wide:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        small{display:block;font-size:.8rem;font-weight:400;color:var(--faint)}
        .facts,.lead,.note,figcaption,caption{color:var(--faint)}
        .faint{color:var(--faint);font-weight:400}
        .failed,.reversed{color:var(--warning)}
        .short{margin-top:1.75rem;padding:1rem 1.25rem 1.1rem;border-left:3px solid var(--accent);background:var(--raised)}
        .short h2{margin:0 0 .25rem;font-size:1.1rem}
        dl{font-variant-numeric:tabular-nums}
        dt{margin-top:.75rem;font-weight:600}
        dd{margin:.15rem 0 0}
        .wide{overflow-x:auto}
        table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
        caption{padding:.25rem 0 .5rem;text-align:left;font-size:.85rem}
        th,td{padding:.4rem 0 .4rem 1.5rem;text-align:right;vertical-align:top;white-space:nowrap}
        th:first-child,td:first-child{padding-left:0;text-align:left}
        th{font-weight:500}
        thead th{vertical-align:bottom;border-bottom:1px solid var(--axis);font-weight:600}
        tbody tr{border-bottom:1px solid var(--grid)}
        .group th{padding-top:1.1rem;font-weight:600}
        .group small{display:inline;margin-left:.6rem}
        .steps tbody+tbody tr:first-child{border-top:1px solid var(--axis)}
        .steps td:last-child{text-align:left}
        .holds{font-weight:600}
        footer{margin-top:3.5rem;border-top:1px solid var(--axis);font-size:.9rem}
        footer h2{margin-top:1.5rem}
        table.facts{width:100%}
        table.facts th,table.facts td{text-align:left;white-space:normal;overflow-wrap:anywhere}
        table.facts th{width:16rem;min-width:8rem}
        code{font:.85em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
        figure{margin:.75rem 0 1.5rem}
        figcaption{max-width:46rem;margin-top:.4rem;font-size:.85rem}
        .plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem}
        .plots svg{width:100%;height:auto;max-width:40rem}
        img{display:block;max-width:100%;height:auto}
        @media print{
        body{max-width:none;padding:0;font-size:10pt}
        .wide{overflow:visible}
        h2,h3,caption{break-after:avoid}
        tr,figure,.plots svg,.short{break-inside:avoid}
        figure:has(.plots svg:nth-of-type(3)){break-inside:auto}
        }

        """

    private static func colors(_ theme: PlotTheme) -> String {
        let raised = theme.background.mixed(with: theme.grid, alpha: 0.4)
        return """
            --ground:\(theme.background.css);--raised:\(raised.css);--text:\(theme.text.css);\
            --faint:\(theme.faintText.css);--axis:\(theme.axis.css);--grid:\(theme.grid.css);\
            --warning:\(theme.warning.css);--accent:\(theme.series[0].css)
            """
    }
}
