;; A value with the terminal's control sequences, in a table.
;;; arguments: --format table
(data $bytes (i32.const 2624) "\1b[2J")
