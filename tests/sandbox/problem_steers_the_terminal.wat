;; A message that clears the screen, rings, and turns the text around.
(data $answer (i32.const 2048) (i32 0 0  2112 1  2240 1  3072 1))
(data $problems (i32.const 3072) (i32 1 0  2 0  3  4608 19  0))
(data $message (i32.const 4608) "no\1b[2J\07\c2\9b31m\e2\80\aecba\0a")
