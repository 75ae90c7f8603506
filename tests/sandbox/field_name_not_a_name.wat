;; A name that is no name, and steers the terminal.
(data $second_field (i32.const 4544) "\1b[2J")
