;; Its name is no text.
(data $name (i32.const 4096) "host\ffle")
