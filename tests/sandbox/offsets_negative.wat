;; The text begins before the bytes.
(data $offsets (i32.const 2592) (i32 -4 4))
