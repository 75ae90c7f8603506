;; One column for two fields.
(data $answer (i32.const 2048) (i32 0 0  1  2304 1  0 0))
