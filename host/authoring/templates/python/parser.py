"""Parses what `{{ command }}` prints. This is the file to change; `columns.py` does the rest."""

from columns import {% if table.reading == "cells" %}Header, {% endif %}Line, Rows{% if table.titles %}, Unrecognised{% endif %}, export{% for kind in kinds %}, {{ kind }}_field{% endfor %}

{% if table.titles -%}
TITLES = {{ table.titles | quote }}

{% endif -%}
# What users see in `outparse schema {{ command }}`: say what each field means, and `unit="bytes"` or the like where it counts something.
FIELDS = [
{%- for field in table.fields %}
    {{ field.kind }}_field({{ field.name | quote }}, {{ field.doc | quote }}{% if field.nullable %}, nullable=True{% endif %}),
{%- endfor %}
]


class {{ class }}:
    """The parse of one capture."""

    def __init__(self, source):
        # `source.arguments` are the command's, where they are known: this is the place to decide what flags change.
        {% if table.reading == "cells" %}self.header = None{% else %}self.source = source{% endif %}

    def line(self, line: Line, rows: Rows) -> None:
        """Reads a line. What it raises costs this line and no more."""
        if line.is_blank():
            return
{%- if table.titles %}
        if not rows.recognised:
            {% if table.reading == "cells" %}self.header = Header(line, TITLES){% else %}line.expect(TITLES){% endif %}
            rows.recognised = True
            return
{%- endif %}
{%- if table.reading == "cells" %}
        {{ table.fields | map(attribute="ident") | join(", ") }}{% if table.fields | length == 1 %},{% endif %} = self.header.cells(line)
{%- elif table.reading == "words" %}
        {{ table.fields | map(attribute="ident") | join(", ") }}{% if table.fields | length == 1 %},{% endif %} = line.words_and_rest({{ table.fields | length }})
{%- else %}
        {{ table.fields | map(attribute="ident") | join(", ") }}{% if table.fields | length == 1 %},{% endif %} = line.split(b{{ table.separator | quote }}, {{ table.fields | length }})
{%- endif %}
        rows.push(
            {
{%- for field in table.fields %}
                {{ field.name | quote }}: {{ field.ident }}.{{ field.kind }}(){% if field.nullable %} if {{ field.ident }} else None{% endif %},
{%- endfor %}
            }
        )
{%- if table.titles %}

    def finish(self, rows: Rows) -> None:
        """The capture has ended."""
        if not rows.recognised:
            raise Unrecognised(f"expected the titles `{' '.join(TITLES)}`, found nothing")
{%- endif %}


Parser, Session = export(
    {{ class }},
    name={{ name | quote }},
    version="0.1.0",
    summary={{ summary | quote }},
    commands=[{{ command | quote }}],
    dialect={{ dialect | quote }},
    platforms=[{{ platform | quote }}],
    schema=FIELDS,
{%- if not table.titles %}
    first_line_decides=True,
{%- endif %}
)
