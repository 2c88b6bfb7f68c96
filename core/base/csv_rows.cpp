#include "core/base/csv_rows.h"

#include "core/base/error.h"
#include "core/base/utf8.h"

namespace heedmap {

namespace {

class CsvReader
{
public:
    CsvReader(std::string_view text, const std::string& where) : m_text(text), m_where(where) {}

    bool atEnd() const { return m_at >= m_text.size(); }
    bool skipIdleLine()
    {
        const std::size_t end = std::min(m_text.find_first_of("\r\n", m_at), m_text.size());
        if (m_at != end && m_text[m_at] != '#')
            return false;
        m_at = end;
        skipLineEnd();
        return true;
    }
    std::vector<std::string> row()
    {
        std::vector<std::string> fields = {field()};
        while (!atEnd() && m_text[m_at] == ',') {
            ++m_at;
            fields.push_back(field());
        }
        skipLineEnd();
        return fields;
    }

private:
    std::string field()
    {
        if (atEnd() || m_text[m_at] != '"')
            return plain();
        std::string value;
        for (++m_at; !atEnd(); ++m_at) {
            if (m_text[m_at] != '"')
                value += m_text[m_at];
            else if (m_at + 1 < m_text.size() && m_text[m_at + 1] == '"')
                value += m_text[++m_at];
            else {
                ++m_at;
                return value + plain();
            }
        }
        throw Error(ErrorKind::InvalidFile, "a quotation mark in {} is never closed", m_where);
    }
    std::string plain()
    {
        const std::size_t end = std::min(m_text.find_first_of(",\r\n", m_at), m_text.size());
        std::string value(m_text.substr(m_at, end - m_at));
        m_at = end;
        return value;
    }
    void skipLineEnd()
    {
        if (!atEnd() && m_text[m_at] == '\r')
            ++m_at;
        if (!atEnd() && m_text[m_at] == '\n')
            ++m_at;
    }

    std::string_view m_text;
    const std::string& m_where;
    std::size_t m_at = 0;
};

} // namespace

std::vector<std::vector<std::string>> csvRows(std::string_view text, const std::string& where, std::size_t mostRows)
{
    if (!isValidUtf8(text))
        throw Error(ErrorKind::InvalidFile, "{} is not UTF-8 text", where);
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    CsvReader reader(text, where);
    std::vector<std::vector<std::string>> rows;
    while (!reader.atEnd()) {
        if (reader.skipIdleLine())
            continue;
        if (rows.size() == mostRows)
            throw Error(ErrorKind::TooLarge, "{} has more than {} lines", where, mostRows);
        rows.push_back(reader.row());
    }
    return rows;
}

} // namespace heedmap
