/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "shell/macros.h"
#include "shell/text.h"

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool name_is(const char *name, const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (lower(name[i]) != lower(word[i]))
			return false;
	}
	return !name[length];
}

/* Digits only: strtoull would take blanks, signs and wrap "-1" around. */
static int leading_number(const char *text, uint64_t *number, const char **end)
{
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	char *rest;
	errno = 0;
	*number = strtoull(text, &rest, 10);
	*end = rest;
	return errno ? -ERANGE : 0;
}

bool number_parse(const char *text, int base, uint64_t *number)
{
	char *end;
	if (base == 16 ? !isxdigit((unsigned char)*text) : !isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && !*end;
}

bool is_address(const char *word)
{
	return word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
}

bool address_parse(const char *word, uint64_t *address)
{
	return is_address(word) && number_parse(word + 2, 16, address);
}

/* ".5" in parts of 2^40, which no size that anybody prints needs more digits for; moves @text behind it. */
static uint64_t fraction_parse(const char **text)
{
	uint64_t digits = 0, scale = 1;

	for ((*text)++; isdigit((unsigned char)**text); (*text)++) {
		if (scale > 100000) /* digits << 40 must fit */
			continue;
		digits = digits * 10 + (uint64_t)(**text - '0');
		scale *= 10;
	}
	return (digits << 40) / scale;
}

int size_parse(const char *text, uint64_t *size)
{
	static const char units[] = "KkMmGgTtPp";
	const char *end, *unit;
	int error = leading_number(text, size, &end);

	if (error || !*end)
		return error;
	uint64_t fraction = *end == '.' && isdigit((unsigned char)end[1]) ? fraction_parse(&end) : 0;
	unit = *end ? strchr(units, *end) : NULL;
	if (!unit || (end[1] && !name_is("iB", end + 1, strlen(end + 1))))
		return -EINVAL;
	unsigned int shift = 10 * (unsigned int)((unit - units) / 2 + 1);
	if (*size > UINT64_MAX >> shift)
		return -ERANGE;
	*size <<= shift;
	/* rounded to the nearest byte */
	*size += shift >= 40 ? fraction << (shift - 40) : (fraction + (1ULL << (39 - shift))) >> (40 - shift);
	return 0;
}

int duration_parse(const char *text, uint64_t *ms)
{
	static const struct {
		const char *unit;
		uint64_t factor;
	} units[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 }, { "h", 3600000 } };
	const char *end;
	int error = leading_number(text, ms, &end);

	for (size_t i = 0; !error && i < ARRAY_SIZE(units); i++) {
		if (strcmp(end, units[i].unit) != 0)
			continue;
		if (*ms > (uint64_t)INT32_MAX * 1000 / units[i].factor)
			return -ERANGE;
		*ms *= units[i].factor;
		return 0;
	}
	return error ? error : -EINVAL;
}

/* lsmem's rule: the largest unit that leaves a whole part, and one rounded digit of the rest. */
void size_format(uint64_t size, char *buffer, size_t length)
{
	static const char units[] = "BKMGTPE";
	size_t unit = 0;

	while (unit < 6 && size >> (10 * (unit + 1)))
		unit++;
	uint64_t whole = size >> (10 * unit);
	uint64_t rest = unit ? (size >> (10 * (unit - 1))) & 1023 : 0;
	uint64_t digit = (rest + 50) / 100;
	if (digit == 10) {
		whole++;
		digit = 0;
	}
	if (digit)
		snprintf(buffer, length, "%" PRIu64 ".%" PRIu64 "%c", whole, digit, units[unit]);
	else
		snprintf(buffer, length, "%" PRIu64 "%c", whole, units[unit]);
}

bool size_prints_as(uint64_t size, const char *text)
{
	char printed[24];
	size_format(size, printed, sizeof(printed));
	size_t length = strlen(printed);
	return strlen(text) >= length && name_is(printed, text, length) &&
	       (!text[length] || name_is("iB", text + length, strlen(text + length)));
}

void size_format_exact(uint64_t size, char *buffer, size_t length)
{
	static const char units[] = "BKMGTPE";
	size_t unit = 0;

	while (unit < 6 && size && (size >> (10 * unit)) % 1024 == 0)
		unit++;
	snprintf(buffer, length, "%" PRIu64 "%c", size >> (10 * unit), units[unit]);
}

void text_append(char *buffer, size_t size, const char *format, ...)
{
	size_t used = strlen(buffer);
	va_list args;

	va_start(args, format);
	vsnprintf(buffer + used, size - used, format, args);
	va_end(args);
}

const char *underscored(const char *name, char *buffer, size_t size)
{
	snprintf(buffer, size, "%s", name);
	for (char *dash = buffer; (dash = strchr(dash, '-'));)
		*dash = '_';
	return buffer;
}

const char *page_flags_text(uint64_t flags, char buffer[FLAGS_TEXT_SIZE])
{
	buffer[0] = '\0';
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = memhp_page_flag_name(bit), *comma = *buffer ? "," : "";
		if (!(flags >> bit & 1))
			continue;
		if (name)
			text_append(buffer, FLAGS_TEXT_SIZE, "%s%s", comma, name);
		else
			text_append(buffer, FLAGS_TEXT_SIZE, "%sbit%u", comma, bit);
	}
	if (!flags)
		text_append(buffer, FLAGS_TEXT_SIZE, "no flags");
	return buffer;
}
