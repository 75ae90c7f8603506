// Parses what `{{ command }}` prints. This is the file to change; `columns.js` does the rest.

import { {% if table.reading == "cells" %}Header, {% endif %}{% if table.titles %}Unrecognised, {% endif %}field, plugin } from "./columns.js";

{% if table.titles -%}
const TITLES = {{ table.titles | quote }};

{% endif -%}
// What users see in `outparse schema {{ command }}`: say what each field means, and `unit: "bytes"` or the like where it counts something.
const FIELDS = [
{%- for field in table.fields %}
  field({{ field.name | quote }}, {{ field.kind | quote }}, {{ field.doc | quote }}{% if field.nullable %}, { nullable: true }{% endif %}),
{%- endfor %}
];

/** The parse of one capture. */
class {{ class }} {
  constructor(source) {
    // `source.arguments` are the command's, where they are known: this is the place to decide what flags change.
    this.source = source;
  }

  /** Reads a line. What it throws costs this line and no more. */
  line(line, rows) {
    if (line.isBlank()) return;
{%- if table.titles %}
    if (!rows.recognised) {
      {% if table.reading == "cells" %}this.header = new Header(line, TITLES);{% else %}line.expect(TITLES);{% endif %}
      rows.recognised = true;
      return;
    }
{%- endif %}
    const [{{ table.fields | map(attribute="ident") | join(", ") }}] = {% if table.reading == "cells" -%}
    this.header.cells(line)
{%- elif table.reading == "words" -%}
    line.wordsAndRest({{ table.fields | length }})
{%- else -%}
    line.split({{ table.separator | quote }}, {{ table.fields | length }})
{%- endif %};
    rows.push({
{%- for field in table.fields %}
      {{ field.name }}: {{ field.ident }}{% if field.nullable %}?{% endif %}.{{ field.kind }}(),
{%- endfor %}
    });
  }
{%- if table.titles %}

  /** The capture has ended. */
  finish(rows) {
    if (!rows.recognised) throw new Unrecognised(`expected the titles \`${TITLES.join(" ")}\`, found nothing`);
  }
{%- endif %}
}

export const parser = plugin(
  {
    name: {{ name | quote }},
    version: "0.1.0",
    summary: {{ summary | quote }},
    commands: [{{ command | quote }}],
    dialect: {{ dialect | quote }},
    platforms: [{{ platform | quote }}],
    schema: FIELDS,
  },
  {{ class }},
{%- if not table.titles %}
  { firstLineDecides: true },
{%- endif %}
);
