;; Bytes without meaning.
;;; make: random
