/* The manual pages from the folder man, so that the program can show them wherever it is
   installed. */

#ifndef COMFY_CMANUAL_H
#define COMFY_CMANUAL_H

/* The text of a page, by its file name, `comfy-tutorial.7`; NULL when there is no such page. */
const char *comfy_manual_page(const char *name);

/* The name of a page, by its number from 0 on; NULL after the last. */
const char *comfy_manual_name(int number);

#endif
