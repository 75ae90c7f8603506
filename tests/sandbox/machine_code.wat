;; Compiled code put in a component's place: it could do anything, and is never loaded.
;;; make: compiled
