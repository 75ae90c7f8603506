;; No shape is told at all.
(data $answer (i32.const 2048) (i32 0 0  2112 0  2240 1  0 0))
