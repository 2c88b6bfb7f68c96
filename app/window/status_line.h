#pragma once

#include "widgets/context/view_context.h"

#include <QLabel>
#include <QStatusBar>

namespace heedmap {

/// What is under the pointer in numbers: token and patch, pixels of the original, exact value, head and row kind; at
/// the right, what the capture is and how exact.
class StatusLine : public QStatusBar
{
    Q_OBJECT

public:
    explicit StatusLine(ViewContext& context, QWidget* parent = nullptr);

    QString text() const; ///< all parts, for tests and screen readers

private:
    void refresh();
    void refreshCapture();
    QString placeText(const ShownMap& shown) const;
    QString valueText(const ShownMap& shown) const;

    ViewContext& m_context;
    QLabel* m_place;
    QLabel* m_pixels;
    QLabel* m_value;
    QLabel* m_head;
    QLabel* m_capture;
};

} // namespace heedmap
