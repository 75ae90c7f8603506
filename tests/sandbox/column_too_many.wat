;; Three columns for two fields.
(data $answer (i32.const 2048) (i32 0 0  1  2304 3  0 0))
