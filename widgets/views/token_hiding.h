#pragma once

#include "widgets/context/view_context.h"

namespace heedmap {

class TokenChip;
class TokenStrip;

/// Lets words be hidden in the strip of tokens: by the context menu of a chip, or by the key H on it. Owned by the
/// strip.
class TokenHiding : public QObject
{
    Q_OBJECT

public:
    TokenHiding(ViewContext& context, TokenStrip& strip);

    /// Strikes out the chips of hidden words; to be called when the chips are new.
    void markChips();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    bool showMenu(const TokenChip& chip, const QPoint& place);
    bool toggle(const TokenChip& chip);

    ViewContext& m_context;
    TokenStrip& m_strip;
};

} // namespace heedmap
