;; A name that clears the screen.
(data $name (i32.const 4096) "ho\1b[2Jx")
