"""The platform's wire and file formats, read into plain values; no models, no database.

    reports = open_reports(path, name="ExportOrderList202012021529.csv")   # one for each known sheet
    for report in reports:
        report.kind, report.present, report.header                         # what it is, which fields it has
        for chunk in report.chunks(size=5000):
            copy.write(chunk.copy_text(("row", "order_number", "total", "extra")))
            chunk.complaints, chunk.rejected

Values come out as text that PostgreSQL casts (`"188.00"`, `"2016-09-18 23:17:02+08"`), or None where the cell is empty
and the field is money, a time or a count; empty text is `""`. `shopops.taobao.columns` names every field.
"""
