;; One column for two fields.
(data $batch (i32.const 2240) (i32 0 1  2304 1))
