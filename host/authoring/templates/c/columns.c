// See `columns.h`. The names that begin with `exports_` are of `plugin.h`, which is generated from `wit/`.

#include "columns.h"

#include <stdlib.h>
#include <string.h>

#include "plugin.h"

typedef exports_outparse_plugin_parser_answer_t Answer;
typedef exports_outparse_plugin_parser_batch_t Batch;
typedef exports_outparse_plugin_parser_failure_t Failure;
typedef exports_outparse_plugin_parser_problem_t Problem;

// A buffer that grows.
typedef struct {
    uint8_t *bytes;
    size_t length, capacity;
} Buffer;

typedef struct {
    // Integers, floats, or the offsets of texts.
    Buffer values;
    Buffer bytes;
    // A byte for each value.
    Buffer there;
    bool nulls;
} Column;

typedef struct {
    bool put;
    int64_t integer;
    double number;
    Word word;
} Value;

struct Rows {
    exports_outparse_plugin_parser_source_t source;
    Column columns[MOST_FIELDS];
    Value record[MOST_FIELDS];
    uint32_t count;
    uint64_t made;
    uint64_t line;
    bool recognised;
    // Whether the host knows which fields there are: all of them.
    bool told;
    // Whether a value of the record failed.
    bool lost;
    // Whether the session ends with this failure.
    bool ended;
    Failure failure;
    Problem *problems;
    size_t problem_count, problem_capacity;
};

static void *grown(void *memory, size_t bytes)
{
    void *larger = realloc(memory, bytes);
    if (!larger) abort();
    return larger;
}

static void append(Buffer *buffer, const void *bytes, size_t length)
{
    if (buffer->length + length > buffer->capacity) {
        buffer->capacity = (buffer->length + length) * 2;
        buffer->bytes = grown(buffer->bytes, buffer->capacity);
    }
    if (length) memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
}

static void append_text(Buffer *buffer, const char *text)
{
    append(buffer, text, strlen(text));
}

static void append_number(Buffer *buffer, size_t number)
{
    if (number >= 10) append_number(buffer, number / 10);
    append(buffer, &"0123456789"[number % 10], 1);
}

// Text in a message must be UTF-8: other bytes are shown as `?`.
static void append_quoted(Buffer *buffer, const uint8_t *bytes, size_t length)
{
    append(buffer, "`", 1);
    for (size_t at = 0; at < length && at < 40; at++) append(buffer, bytes[at] < 0x80 ? (const char *)&bytes[at] : "?", 1);
    append_text(buffer, length > 40 ? "…`" : "`");
}

static void append_titles(Buffer *buffer, const char *const *titles, size_t count)
{
    append_text(buffer, "expected the titles `");
    for (size_t title = 0; title < count; title++) {
        if (title) append(buffer, " ", 1);
        append_text(buffer, titles[title]);
    }
    append_text(buffer, "`, found ");
}

static Problem problem(Rows *rows, uint8_t severity, uint32_t column, const uint8_t *message, size_t length)
{
    Problem made = {.severity = severity, .line = rows->line, .column = column};
    plugin_string_dup_n(&made.message, (const char *)message, length);
    return made;
}

static void add_problem(Rows *rows, Problem problem)
{
    if (rows->problem_count == rows->problem_capacity) {
        rows->problem_capacity = rows->problem_capacity * 2 + 16;
        rows->problems = grown(rows->problems, rows->problem_capacity * sizeof(Problem));
    }
    rows->problems[rows->problem_count++] = problem;
}

static void end(Rows *rows, bool ours, Problem why)
{
    // After a record it can only be ours.
    ours = ours || rows->made > 0;
    rows->ended = true;
    rows->failure.tag =
        ours ? EXPORTS_OUTPARSE_PLUGIN_PARSER_FAILURE_MALFORMED : EXPORTS_OUTPARSE_PLUGIN_PARSER_FAILURE_UNRECOGNISED;
    rows->failure.val.malformed = why;
}

static void fail(Rows *rows, uint32_t column, Buffer message)
{
    if (!rows->ended && !rows->lost) {
        Problem why = problem(rows, EXPORTS_OUTPARSE_PLUGIN_PARSER_SEVERITY_ERROR, column, message.bytes, message.length);
        if (ABOUT.first_line_decides && !rows->recognised) {
            end(rows, false, why);
        } else {
            add_problem(rows, why);
        }
    }
    rows->lost = true;
    free(message.bytes);
}

void failed(Rows *rows, uint32_t column, const char *message)
{
    Buffer text = {0};
    append_text(&text, message);
    fail(rows, column, text);
}

void expected(Rows *rows, const char *what, Word word)
{
    Buffer text = {0};
    append_text(&text, "expected ");
    append_text(&text, what);
    append_text(&text, ", found ");
    append_quoted(&text, word.bytes, word.length);
    fail(rows, word.column, text);
}

static void too_few(Rows *rows, size_t wanted, size_t found)
{
    Buffer text = {0};
    append_text(&text, "expected ");
    append_number(&text, wanted);
    append_text(&text, " fields, found ");
    append_number(&text, found);
    fail(rows, 0, text);
}

void warn(Rows *rows, uint32_t column, const char *message)
{
    add_problem(rows, problem(rows, EXPORTS_OUTPARSE_PLUGIN_PARSER_SEVERITY_WARNING, column, (const uint8_t *)message, strlen(message)));
}

void unrecognised(Rows *rows, const char *message)
{
    end(rows, false, problem(rows, EXPORTS_OUTPARSE_PLUGIN_PARSER_SEVERITY_ERROR, 0, (const uint8_t *)message, strlen(message)));
}

void malformed(Rows *rows, const char *message)
{
    end(rows, true, problem(rows, EXPORTS_OUTPARSE_PLUGIN_PARSER_SEVERITY_ERROR, 0, (const uint8_t *)message, strlen(message)));
}

bool recognised(const Rows *rows)
{
    return rows->recognised;
}

void recognise(Rows *rows)
{
    rows->recognised = true;
}

bool has_argument(const Rows *rows, const char *argument)
{
    size_t length = strlen(argument);
    if (rows->source.input.tag != EXPORTS_OUTPARSE_PLUGIN_PARSER_INPUT_COMMAND) return false;
    plugin_option_list_string_t words = rows->source.input.val.command.arguments;
    for (size_t index = 0; words.is_some && index < words.val.len; index++) {
        plugin_string_t given = words.val.ptr[index];
        if (given.len == length && memcmp(given.ptr, argument, length) == 0) return true;
    }
    return false;
}

static bool blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

bool is_blank(Line line)
{
    for (size_t at = 0; at < line.length; at++) {
        if (!blank(line.bytes[at])) return false;
    }
    return true;
}

static Word part(Line line, size_t from, size_t to)
{
    return (Word){.bytes = line.bytes + from, .length = to - from, .column = (uint32_t)from + 1};
}

static size_t end_of(Word word)
{
    return word.column - 1 + word.length;
}

// The next word from a place on. Without bytes when there is none.
static Word next_word(Line line, size_t at)
{
    while (at < line.length && blank(line.bytes[at])) at++;
    size_t end = at;
    while (end < line.length && !blank(line.bytes[end])) end++;
    return end > at ? part(line, at, end) : (Word){0};
}

size_t words(Line line, Word *found, size_t most)
{
    size_t count = 0;
    for (Word word = next_word(line, 0); word.bytes; word = next_word(line, end_of(word))) {
        if (count < most) found[count] = word;
        count++;
    }
    return count;
}

bool words_and_rest(Line line, Word *found, size_t count, Rows *rows)
{
    size_t there = words(line, found, count);
    if (there + 1 < count) {
        too_few(rows, count, there);
        return false;
    }
    size_t end = line.length;
    while (end && blank(line.bytes[end - 1])) end--;
    found[count - 1] = part(line, there < count ? end : found[count - 1].column - 1, end);
    return true;
}

bool split(Line line, char separator, Word *found, size_t count, Rows *rows)
{
    size_t there = 0, start = 0;
    for (size_t at = 0; at <= line.length; at++) {
        if (at < line.length && line.bytes[at] != (uint8_t)separator) continue;
        if (there < count) found[there] = part(line, start, at);
        there++;
        start = at + 1;
    }
    if (there != count) too_few(rows, count, there);
    return there == count;
}

bool read_header(Header *header, Line line, const char *const *titles, size_t count, Rows *rows)
{
    bool same = true;
    size_t at = 0;
    header->count = count;
    for (size_t title = 0; same && title < count; title++) {
        // A title may have several words.
        for (const char *rest = titles[title]; same && *rest; rest += strspn(rest, " ")) {
            size_t length = strcspn(rest, " ");
            Word word = next_word(line, at);
            same = word.bytes && word.length == length && memcmp(word.bytes, rest, length) == 0;
            if (!same) break;
            if (rest == titles[title]) header->places[title].start = word.column - 1;
            header->places[title].end = at = end_of(word);
            rest += length;
        }
    }
    if (same && !next_word(line, at).bytes) return true;
    Buffer text = {0};
    append_titles(&text, titles, count);
    append_quoted(&text, line.bytes, line.length);
    append(&text, "", 1);
    unrecognised(rows, (const char *)text.bytes);
    free(text.bytes);
    return false;
}

void cells(const Header *header, Line line, Word *found)
{
    for (size_t title = 0; title < header->count; title++) found[title] = (Word){0};
    for (Word word = next_word(line, 0); word.bytes; word = next_word(line, end_of(word))) {
        size_t start = word.column - 1, end = end_of(word), nearest = 0, least = SIZE_MAX;
        for (size_t title = 0; title < header->count; title++) {
            size_t before = header->places[title].start + 1 > end ? header->places[title].start + 1 - end : 0;
            size_t after = start + 1 > header->places[title].end ? start + 1 - header->places[title].end : 0;
            size_t distance = before > after ? before : after;
            if (distance < least) {
                least = distance;
                nearest = title;
            }
        }
        found[nearest] = part(line, found[nearest].bytes ? found[nearest].column - 1 : start, end);
    }
}

void put_text(Rows *rows, size_t field, Word word)
{
    rows->record[field] = (Value){.put = word.bytes != NULL, .word = word};
}

void put_integer(Rows *rows, size_t field, Word word)
{
    if (!word.bytes) return;
    size_t at = word.length && (word.bytes[0] == '-' || word.bytes[0] == '+');
    bool negative = at && word.bytes[0] == '-';
    bool good = at < word.length;
    int64_t number = 0;
    for (; good && at < word.length; at++) {
        int digit = word.bytes[at] - '0';
        good = digit >= 0 && digit <= 9 && !__builtin_mul_overflow(number, 10, &number) &&
               !__builtin_add_overflow(number, negative ? -digit : digit, &number);
    }
    if (!good) {
        expected(rows, "a whole number", word);
        return;
    }
    rows->record[field] = (Value){.put = true, .integer = number};
}

void put_float(Rows *rows, size_t field, Word word)
{
    if (!word.bytes) return;
    char text[64], *end = text;
    bool good = word.length > 0 && word.length < sizeof text;
    for (size_t at = 0; good && at < word.length; at++) good = word.bytes[at] && strchr("+-.0123456789eE", word.bytes[at]);
    double number = 0;
    if (good) {
        memcpy(text, word.bytes, word.length);
        text[word.length] = 0;
        number = strtod(text, &end);
    }
    if (!good || end != text + word.length) {
        expected(rows, "a number", word);
        return;
    }
    rows->record[field] = (Value){.put = true, .number = number};
}

void push(Rows *rows)
{
    for (size_t index = 0; index < ABOUT.field_count && !rows->lost; index++) {
        if (rows->record[index].put || ABOUT.fields[index].nullable) continue;
        Buffer text = {0};
        append_text(&text, "the field `");
        append_text(&text, ABOUT.fields[index].name);
        append_text(&text, "` has no value");
        fail(rows, 0, text);
    }
    for (size_t index = 0; index < ABOUT.field_count && !rows->lost; index++) {
        Column *column = &rows->columns[index];
        Value value = rows->record[index];
        uint8_t there = value.put;
        column->nulls = column->nulls || !there;
        append(&column->there, &there, 1);
        switch (ABOUT.fields[index].type) {
        case INTEGER: append(&column->values, &value.integer, sizeof value.integer); break;
        case FLOAT: append(&column->values, &value.number, sizeof value.number); break;
        case TEXT: {
            int32_t offset = (int32_t)column->bytes.length;
            append(&column->values, &offset, sizeof offset);
            if (there) append(&column->bytes, value.word.bytes, value.word.length);
        }
        }
    }
    if (!rows->lost) {
        rows->count++;
        rows->made++;
        rows->recognised = true;
    }
    memset(rows->record, 0, sizeof rows->record);
}

// Hands a column over in the layout of Apache Arrow, and begins anew.
static exports_outparse_plugin_parser_column_t take_column(Column *column, Type type)
{
    exports_outparse_plugin_parser_column_t taken = {0};
    if (column->nulls) {
        // One bit per value, least significant bit first.
        size_t bytes = (column->there.length + 7) / 8;
        taken.validity.is_some = true;
        taken.validity.val = (plugin_list_u8_t){.ptr = grown(NULL, bytes), .len = bytes};
        memset(taken.validity.val.ptr, 0, bytes);
        for (size_t at = 0; at < column->there.length; at++) taken.validity.val.ptr[at / 8] |= column->there.bytes[at] << at % 8;
    }
    switch (type) {
    case INTEGER:
        taken.values.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_VALUES_INTEGERS;
        taken.values.val.integers = (plugin_list_s64_t){(int64_t *)column->values.bytes, column->values.length / 8};
        break;
    case FLOAT:
        taken.values.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_VALUES_FLOATS;
        taken.values.val.floats = (plugin_list_f64_t){(double *)column->values.bytes, column->values.length / 8};
        break;
    case TEXT: {
        int32_t end = (int32_t)column->bytes.length;
        append(&column->values, &end, sizeof end);
        taken.values.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_VALUES_TEXTS;
        taken.values.val.texts.offsets = (plugin_list_s32_t){(int32_t *)column->values.bytes, column->values.length / 4};
        taken.values.val.texts.bytes = (plugin_list_u8_t){column->bytes.bytes, column->bytes.length};
    }
    }
    free(column->there.bytes);
    *column = (Column){0};
    return taken;
}

static Answer take(Rows *rows)
{
    Answer answer = {.problems = {rows->problems, rows->problem_count}};
    if (!rows->told && (rows->count || rows->recognised)) {
        rows->told = true;
        answer.shapes.len = 1;
        answer.shapes.ptr = calloc(1, sizeof *answer.shapes.ptr);
        if (!answer.shapes.ptr) abort();
        answer.shapes.ptr->fields.len = ABOUT.field_count;
        answer.shapes.ptr->fields.ptr = grown(NULL, ABOUT.field_count * sizeof(uint32_t));
        for (size_t index = 0; index < ABOUT.field_count; index++) answer.shapes.ptr->fields.ptr[index] = (uint32_t)index;
    }
    if (rows->count) {
        Batch *batch = calloc(1, sizeof *batch);
        if (!batch) abort();
        batch->rows = rows->count;
        batch->columns.len = ABOUT.field_count;
        batch->columns.ptr = grown(NULL, ABOUT.field_count * sizeof *batch->columns.ptr);
        for (size_t index = 0; index < ABOUT.field_count; index++) {
            batch->columns.ptr[index] = take_column(&rows->columns[index], ABOUT.fields[index].type);
        }
        answer.batches.len = 1;
        answer.batches.ptr = batch;
    }
    rows->count = 0;
    rows->problems = NULL;
    rows->problem_count = rows->problem_capacity = 0;
    return answer;
}

static plugin_list_string_t list_of(const char *text)
{
    plugin_list_string_t list = {.ptr = grown(NULL, sizeof(plugin_string_t)), .len = 1};
    plugin_string_dup(&list.ptr[0], text);
    return list;
}

void exports_outparse_plugin_parser_about(exports_outparse_plugin_parser_description_t *about)
{
    *about = (exports_outparse_plugin_parser_description_t){0};
    plugin_string_dup(&about->name, ABOUT.name);
    plugin_string_dup(&about->version, ABOUT.version);
    plugin_string_dup(&about->summary, ABOUT.summary);
    about->parsers.len = 1;
    about->parsers.ptr = calloc(1, sizeof *about->parsers.ptr);
    if (!about->parsers.ptr) abort();
    plugin_string_dup(&about->parsers.ptr->name, ABOUT.name);
    plugin_string_dup(&about->parsers.ptr->summary, ABOUT.summary);
    plugin_string_dup(&about->parsers.ptr->dialect, ABOUT.dialect);
    about->parsers.ptr->commands = list_of(ABOUT.command);
    about->parsers.ptr->platforms = list_of(ABOUT.platform);
}

bool exports_outparse_plugin_parser_exact(uint32_t parser, plugin_list_string_t *words, plugin_list_string_t *better)
{
    (void)parser;
    (void)words;
    (void)better;
    return false;
}

void exports_outparse_plugin_parser_schema_of(uint32_t parser, exports_outparse_plugin_parser_schema_t *schema)
{
    (void)parser;
    // What is not set is empty: no kinds, not open.
    *schema = (exports_outparse_plugin_parser_schema_t){0};
    schema->fields.len = ABOUT.field_count;
    schema->fields.ptr = calloc(ABOUT.field_count, sizeof *schema->fields.ptr);
    if (!schema->fields.ptr || ABOUT.field_count > MOST_FIELDS) abort();
    for (size_t index = 0; index < ABOUT.field_count; index++) {
        const Field *field = &ABOUT.fields[index];
        exports_outparse_plugin_parser_field_t *described = &schema->fields.ptr[index];
        plugin_string_dup(&described->name, field->name);
        plugin_string_dup(&described->doc, field->doc);
        described->nullable = field->nullable;
        described->approximate = field->approximate;
        described->unit.is_some = field->unit != NULL;
        if (field->unit) plugin_string_dup(&described->unit.val, field->unit);
        switch (field->type) {
        case INTEGER: described->type.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_FIELD_TYPE_INTEGER; break;
        case FLOAT: described->type.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_FIELD_TYPE_FLOAT; break;
        case TEXT: described->type.tag = EXPORTS_OUTPARSE_PLUGIN_PARSER_FIELD_TYPE_TEXT; break;
        }
    }
}

struct exports_outparse_plugin_parser_session_t {
    Rows rows;
};

exports_outparse_plugin_parser_own_session_t exports_outparse_plugin_parser_constructor_session(
    uint32_t parser, exports_outparse_plugin_parser_source_t *source)
{
    (void)parser;
    exports_outparse_plugin_parser_session_t *session = calloc(1, sizeof *session);
    if (!session) abort();
    session->rows.source = *source;
    return exports_outparse_plugin_parser_session_new(session);
}

void exports_outparse_plugin_parser_session_destructor(exports_outparse_plugin_parser_session_t *session)
{
    // The instance ends with its only capture.
    free(session);
}

// True with an answer. The records before a failure go first; the failure is then the answer to the next call.
static bool answer(Rows *rows, bool last, Answer *found, Failure *failure)
{
    if (rows->ended && (last || !rows->count)) {
        *failure = rows->failure;
        return false;
    }
    *found = take(rows);
    return true;
}

bool exports_outparse_plugin_parser_method_session_feed(
    exports_outparse_plugin_parser_session_t *session, plugin_list_u8_t *lines, uint64_t first_line, Answer *found, Failure *failure)
{
    Rows *rows = &session->rows;
    rows->line = first_line;
    for (size_t start = 0; start < lines->len && !rows->ended; rows->line++) {
        const uint8_t *from = lines->ptr + start;
        const uint8_t *newline = memchr(from, '\n', lines->len - start);
        size_t length = newline ? (size_t)(newline - from) : lines->len - start;
        start += length + 1;
        if (newline && length && from[length - 1] == '\r') length--;
        rows->lost = false;
        memset(rows->record, 0, sizeof rows->record);
        read_line((Line){.bytes = from, .length = length, .number = rows->line}, rows);
    }
    bool good = answer(rows, false, found, failure);
    plugin_list_u8_free(lines);
    return good;
}

bool exports_outparse_plugin_parser_method_session_finish(
    exports_outparse_plugin_parser_session_t *session, exports_outparse_plugin_parser_ending_t *ending, Answer *found, Failure *failure)
{
    (void)ending;
    Rows *rows = &session->rows;
    rows->line = 0;
    rows->lost = false;
    if (!rows->ended) read_end(rows);
    return answer(rows, true, found, failure);
}
