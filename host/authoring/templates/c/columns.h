// Makes columns from rows: all that stands between a parser of lines and the interface in `wit/`.
//
// Nothing here is about one command. `wit/parser.wit` says what the host expects; this file is yours to change. Each capture is
// parsed in an instance of its own: `static` variables are the state of one capture.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The most fields a record can have here.
#define MOST_FIELDS 64

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// A line without its end, and its number in the capture.
typedef struct {
    const uint8_t *bytes;
    size_t length;
    uint64_t number;
} Line;

// A part of a line, which knows where it stands: column 1 is the line's first byte. A word without bytes is missing.
typedef struct {
    const uint8_t *bytes;
    size_t length;
    uint32_t column;
} Word;

typedef enum { INTEGER, FLOAT, TEXT } Type;

// A field of a record. Every field is documented: users see it in `outparse schema`.
typedef struct {
    const char *name;
    Type type;
    const char *doc;
    // What a number counts: "bytes", "percent", "seconds".
    const char *unit;
    bool nullable;
    bool approximate;
} Field;

// What the plugin is.
typedef struct {
    const char *name;
    const char *version;
    const char *summary;
    const char *command;
    const char *dialect;
    const char *platform;
    const Field *fields;
    size_t field_count;
    // Whether a first line that fails means that the capture is not this parser's.
    bool first_line_decides;
} About;

// The records and problems since the last call.
typedef struct Rows Rows;

// What a plugin is made of: these three are in `parser.c`.
extern const About ABOUT;
void read_line(Line line, Rows *rows);
void read_end(Rows *rows);

// The command's arguments, where they are known. None in a pipe.
bool has_argument(const Rows *rows, const char *argument);

bool is_blank(Line line);
// The words between blanks. Returns how many there are; at most `most` of them are put into `found`.
size_t words(Line line, Word *found, size_t most);
// The first words, and as the last one everything after them but blanks at the end; it may be empty. False, and a problem, when
// there are fewer.
bool words_and_rest(Line line, Word *found, size_t count, Rows *rows);
// What stands between separators. False, and a problem, when the number of words is not `count`.
bool split(Line line, char separator, Word *found, size_t count, Rows *rows);

// Where the titles of a table stand.
typedef struct {
    struct {
        size_t start, end;
    } places[MOST_FIELDS];
    size_t count;
} Header;

// False when the line does not have these titles: then the capture is not this parser's.
bool read_header(Header *header, Line line, const char *const *titles, size_t count, Rows *rows);
// For each title the words that stand under it, or nearer to it than to any other. Those without have no bytes.
void cells(const Header *header, Line line, Word *found);

// Values of the record that is being made, by the index of their field. A word without bytes is null.
void put_text(Rows *rows, size_t field, Word word);
void put_integer(Rows *rows, size_t field, Word word);
void put_float(Rows *rows, size_t field, Word word);
// Adds the record, unless a value of it failed.
void push(Rows *rows);

// Whether the capture is this parser's: it had its titles, or a record.
bool recognised(const Rows *rows);
void recognise(Rows *rows);

// This line is lost. Column 0 means the whole line.
void failed(Rows *rows, uint32_t column, const char *message);
// Something else was expected than this word: the line is lost.
void expected(Rows *rows, const char *what, Word word);
// The record is there, but a value in it was guessed.
void warn(Rows *rows, uint32_t column, const char *message);
// The capture is not this parser's: the next parser is asked.
void unrecognised(Rows *rows, const char *message);
// The capture is this parser's, and broken beyond repair.
void malformed(Rows *rows, const char *message);
